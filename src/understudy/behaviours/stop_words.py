"""Stop words: the function words of the languages met most often, one set for each."""


def words_of(text: str) -> frozenset[str]:
    """The words listed in a text."""
    return frozenset(text.split())


ENGLISH = words_of(
    """a able about above actually after again ago ain all almost already also although always am an and
    another any anybody anyone anything anyway apparently are aren around as at be because been before
    being below between bit both but by can cannot cant could couldn currently d dear did didn do does
    doesn doing don done dont down during each either else enough even ever every everybody everyone
    everything few for from further gave get gets getting give gives giving go goes going got gotten had
    hadn happen happened happens has hasn have haven having he hello her here hers herself hey hi him
    himself his hope how however i if im in instead into is isn it its itself ive just know let lets like
    ll long lot m many may maybe me mean means might mine more most much must my myself need needed
    needing needs neither no nobody nor not nothing now of off often ok okay on once one ones only onto or
    other our ours out over own perhaps please probably put puts putting quite rather re really s said
    same say says shall she should shouldn since so some somebody someone something sometimes soon sorry
    still such sure t tell than thank thanks that the their theirs them themselves then there therefore
    these they thing things think this those though thought through thus to together too try trying under
    unless until up upon us usually ve very via want wanted wanting wants was wasn way ways we well went
    were weren what whatever when where whether which while who whom whose why will wish with within
    without won would wouldn yes yet you your yours yourself"""
)
GERMAN = words_of(
    """ab aber als am an auch auf aus bei beim bin bis bist da damit dann das dass dem den denn der des
    dessen die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer
    eines er es etwas euch euer für gegen habe haben hatte hatten hier ich ihm ihn ihr ihre ihrem ihren
    ihrer im in ins ist ja kann kein keine können mein meine mich mir mit muss müssen nach nicht
    noch nun nur ob oder ohne sehr sein seine seinem seinen seiner seit sich sie sind so soll sollen
    sollte um und uns unser unter vom von vor wann warum was weil welche welchem welchen welcher welches
    wem wen wenn wer werden werde wie wieder wird wir wo wurde wurden zu zum zur zwischen über viel
    viele lange"""
)
FRENCH = words_of(
    """ai alors après au aucun aussi autre aux avant avec avoir avons c ce ces cet cette ceux chaque chez
    comme comment d dans de depuis des donc du elle elles en encore est et eux faut fut il ils j je
    jusqu l la le les leur leurs lors lui ma mais me mes moi mon même n ne nos notre nous on ont ou où
    par pas peu peut peuvent plus pour pourquoi qu quand que quel quelle quelles quels qui quoi sa sans
    se sera ses si sont sous sur ta te tes toi tous tout toute toutes tu un une vers voici voilà vos
    votre vous y à ça été était étaient être combien"""
)
SPANISH = words_of(
    """al algo como con cuando cuál cuánto cuántos de del desde donde dónde durante el ella ellas ellos en
    entre era es esa ese eso esta este esto están está fue ha han hasta hay la las le les lo los más mi
    muy no nos o para pero por porque qué que quien quién se ser si sin sobre son su sus también te
    tiene tienen un una uno y ya yo cuándo"""
)
_MEANINGFUL = words_of("bin dies plus son")
# They carry meaning in English, as do some that are left out above: war, hat, tag, man, ton.
ALL = ENGLISH | ((GERMAN | FRENCH | SPANISH) - _MEANINGFUL)
