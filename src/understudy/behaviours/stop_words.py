"""Stop words: the function words of the languages met most often, one set for each."""


def words_of(text: str) -> frozenset[str]:
    """The words listed in a text."""
    return frozenset(text.split())


ENGLISH = words_of(
    """a about above after again all also am an and any are as at be because been before being below
    between both but by can could d did do does doing don down during each few for from further had has
    have having he her here hers herself him himself his how i if in into is it its itself just ll m me
    more most much my myself no nor not of off on once only or other our ours out over own re s same
    shall she should so some such t than that the their theirs them themselves then there these they
    this those through to too under until up upon us ve very was we were what when where which while who
    whom whose why will with would you your yours yourself may might must many tell please give get long"""
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
# Left out above because they carry meaning in English: war, hat, tag, man, son, ton.
ALL = ENGLISH | GERMAN | FRENCH | (SPANISH - frozenset({"son"}))
