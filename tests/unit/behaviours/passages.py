"""A small corpus of invented facts, and questions with the passage and the fact that answer each."""

PASSAGES: dict[str, str] = {
    "returns": (
        "Customers of Larkmoor Outfitters may send back any unworn item within 45 days of delivery. The "
        "refund goes to the original payment method and takes about five working days. Gift cards and "
        "made-to-measure boots cannot be returned."
    ),
    "shipping": (
        "Standard shipping is free for orders above 60 euros. Smaller orders cost 4.90 euros to ship. "
        "Express parcels leave the Larkmoor warehouse the same day when they are ordered before 2 p.m."
    ),
    "warranty": (
        "Every tent comes with a warranty of six years. The warranty covers broken poles and leaking "
        "seams, but not damage done by animals or fire. Keep the receipt, as the serial number is "
        "printed on it."
    ),
    "loyalty": (
        "The Trailmark programme rewards regular buyers. Members earn one point for each euro spent, "
        "and 200 points are worth a voucher of ten euros. Points expire after two years without a "
        "purchase."
    ),
    "support": (
        "The customer service desk answers the telephone on weekdays from 8 a.m. to 6 p.m. E-mails are "
        "read by Ingrid Vass and her team, who reply within one working day."
    ),
    "larkmoor_founding": (
        "Larkmoor Outfitters was founded in 1962 by the brothers Edwin and Paul Tarrow. They began with "
        "a single sewing machine in a barn and sold rucksacks to shepherds."
    ),
    "password": (
        "To reset a forgotten password, open the sign-in page and choose 'Forgot password'. A link "
        "arrives by e-mail and stays valid for 30 minutes. After five wrong attempts the account is "
        "locked."
    ),
    "town_founding": (
        "The town of Brindlewick was founded in 1284 by fishermen who had lost their village to a "
        "flood. Its name means 'speckled bay' in the old dialect."
    ),
    "town_bridge": (
        "The Heron Bridge crosses the river Aldern in the middle of Brindlewick. It was designed by the "
        "engineer Maud Pellister and is 212 metres long. Lorries heavier than nine tonnes must use the "
        "bypass."
    ),
    "town_mayor": (
        "Oskar Quill has been mayor of Brindlewick since 2019. Before that he taught chemistry at the "
        "local grammar school. The council meets on the first Tuesday of each month."
    ),
    "town_museum": (
        "The Lantern Museum stands in Cooper Lane next to the old brewery. It shows four hundred lamps "
        "from sailing ships. Admission is free on Sundays and costs seven crowns on other days."
    ),
    "town_festival": (
        "Each August the people of Brindlewick celebrate the Eel Festival. Boats decorated with ribbons "
        "race around the harbour, and the winner receives a smoked eel and a silver spoon."
    ),
    "town_library": (
        "The public library of Brindlewick lends up to twelve books at a time for four weeks. A "
        "reader's card is issued at the front desk on showing proof of address."
    ),
    "town_transport": (
        "Trams in Brindlewick run every ten minutes between five in the morning and midnight. A day "
        "ticket costs 5.20 crowns and is sold by machines at all stops."
    ),
    "mercury": (
        "Mercury is the smallest planet of the solar system and the closest to the Sun. A year there "
        "lasts only 88 days. Having almost no atmosphere, it is scorched by day and frozen at night."
    ),
    "saturn": (
        "The rings of Saturn consist mostly of ice, with some rock and dust. They were first seen by "
        "Galileo Galilei in 1610, who took them for two moons."
    ),
    "light_year": (
        "A light year is a measure of distance, not of time. It is the way that light travels in one "
        "year: about 9.46 trillion kilometres."
    ),
    "comets": (
        "Comets are lumps of ice and dust. When one approaches the Sun, its ice turns to gas and forms "
        "a tail that always points away from the Sun, because the solar wind pushes it."
    ),
    "eclipse": (
        "A solar eclipse happens when the Moon passes between the Earth and the Sun. Never look at it "
        "without special glasses, since the light can burn the retina."
    ),
    "black_holes": (
        "A black hole forms when a massive star collapses at the end of its life. Its gravity is so "
        "strong that not even light escapes from within the event horizon."
    ),
    "tides": (
        "The tides of the ocean are caused mainly by the gravity of the Moon. Most coasts see two high "
        "tides a day, about twelve hours and 25 minutes apart."
    ),
    "sourdough": (
        "For a sourdough loaf mix 500 grams of flour with 350 grams of water and 100 grams of starter. "
        "Let the dough rise overnight in a cool place. Bake it for 45 minutes at 230 degrees."
    ),
    "omelette": (
        "Beat three eggs with a pinch of salt. Melt butter in a hot pan, pour in the eggs and stir "
        "gently. An omelette is done after about two minutes, while the middle is still soft."
    ),
    "rice": (
        "Rinse the rice until the water stays clear. Use one and a half cups of water for a cup of "
        "rice, cover the pot and simmer it for 18 minutes. Leave the lid on for another ten minutes."
    ),
    "jam": (
        "Strawberry jam needs equal weights of fruit and sugar. Add the juice of a lemon so that the "
        "jam sets. Fill it into jars rinsed with boiling water and turn them upside down."
    ),
    "chili": (
        "Capsaicin makes chili peppers taste hot. Milk soothes the burning better than water, because "
        "capsaicin dissolves in fat."
    ),
    "coffee": (
        "Coffee tastes best when brewed with water of 93 degrees. Use 60 grams of ground beans for a "
        "litre. Beans keep their aroma for about a month after roasting."
    ),
    "hedgehog": (
        "Hedgehogs sleep through the winter from November to March. A sleeping hedgehog's heart beats "
        "only about eight times a minute. They eat beetles, caterpillars and earthworms."
    ),
    "bees": (
        "A honeybee colony holds up to fifty thousand workers in summer. The queen lays as many as "
        "2,000 eggs a day. Workers dance to tell the others where flowers are."
    ),
    "owls": (
        "Owls can turn their heads by 270 degrees, since their eyes do not move in their sockets. Soft "
        "fringes on their feathers make their flight silent."
    ),
    "oak": (
        "The Kingsmere oak is thought to be nine hundred years old. Its trunk measures eleven metres "
        "around. Lightning split it in 1871, and iron bands have held it together since."
    ),
    "chess": (
        "In chess the knight is the only piece that jumps over others. A pawn that reaches the last "
        "rank is promoted, usually to a queen. The game is drawn when the same position occurs three "
        "times."
    ),
    "violin": (
        "A violin has four strings, tuned to G, D, A and E. The bow is strung with horsehair and rubbed "
        "with rosin, without which it would not sound."
    ),
    "vaccine": (
        "The Norvax influenza vaccine is given once a year in autumn. Common side effects are a sore "
        "arm and mild fever. People allergic to eggs should talk to their doctor first."
    ),
    "router": (
        "Hold the reset button on the back of the Mistral router for ten seconds to restore the factory "
        "settings. The light at the front blinks orange while the router restarts."
    ),
    "solar_panels": (
        "A solar panel of the Helion series delivers 410 watts in full sun. Panels should face south "
        "and tilt by about 35 degrees. They are guaranteed to keep 85 percent of their output for 25 "
        "years."
    ),
    "de_bakery": (
        "Die Bäckerei Kornblum öffnet werktags um sechs Uhr und schließt um 18 Uhr. Das Roggenbrot wird "
        "nach einem Rezept der Großmutter gebacken. Sonntags gibt es nur Brötchen und Kuchen."
    ),
    "de_castle": (
        "Die Burg Falkenstein wurde im Jahr 1192 von Graf Ulrich erbaut. Ein Brand zerstörte 1634 den "
        "Turm. Heute ist in der Burg eine Jugendherberge mit 120 Betten untergebracht."
    ),
    "fr_vineyard": (
        "Le domaine de Valserine produit du vin blanc depuis 1874. Les vendanges commencent vers la "
        "mi-septembre et durent trois semaines. La famille Morel emploie une trentaine de saisonniers."
    ),
    "fr_school": (
        "La bibliothèque du lycée Bellerive est ouverte aux élèves de huit heures à dix-sept heures. On "
        "peut emprunter cinq livres pour quinze jours. Madame Perrin, la documentaliste, aide à "
        "chercher."
    ),
}

QUESTIONS: tuple[tuple[str, str, str], ...] = (
    ("How many days do I have to return an item?", "returns", "45 days"),
    ("Can gift cards be returned?", "returns", "cannot be returned"),
    ("When do I get my refund?", "returns", "five working days"),
    ("From what amount is shipping free?", "shipping", "60 euros"),
    ("Until when must I order for express delivery on the same day?", "shipping", "2 p.m."),
    ("How long is the warranty of a tent?", "warranty", "six years"),
    ("Does the warranty cover damage by animals?", "warranty", "not damage done by animals"),
    ("How many points is a voucher worth?", "loyalty", "200 points"),
    ("When do loyalty points expire?", "loyalty", "two years"),
    ("When can I telephone customer service?", "support", "8 a.m. to 6 p.m."),
    ("Who answers the e-mails?", "support", "Ingrid Vass"),
    ("Who founded Larkmoor Outfitters?", "larkmoor_founding", "Edwin and Paul Tarrow"),
    ("How do I reset my password?", "password", "Forgot password"),
    ("When is an account locked?", "password", "five wrong attempts"),
    ("When was Brindlewick founded?", "town_founding", "1284"),
    ("Who designed the Heron Bridge?", "town_bridge", "Maud Pellister"),
    ("How long is the bridge over the Aldern?", "town_bridge", "212 metres"),
    ("Who is the mayor of Brindlewick?", "town_mayor", "Oskar Quill"),
    ("On which day does the council meet?", "town_mayor", "first Tuesday"),
    ("Where is the Lantern Museum?", "town_museum", "Cooper Lane"),
    ("When is admission to the museum free?", "town_museum", "Sundays"),
    ("What does the winner of the boat race receive at the festival?", "town_festival", "smoked eel"),
    ("How many books can I borrow from the public library?", "town_library", "twelve books"),
    ("How often do the trams run?", "town_transport", "every ten minutes"),
    ("How much is a day ticket for the tram?", "town_transport", "5.20 crowns"),
    ("How long is a year on Mercury?", "mercury", "88 days"),
    ("What are Saturn's rings made of?", "saturn", "ice"),
    ("Who saw the rings of Saturn first?", "saturn", "Galileo"),
    ("How far is a light year in kilometres?", "light_year", "9.46 trillion"),
    ("Why does a comet's tail point away from the Sun?", "comets", "solar wind"),
    ("When does a solar eclipse happen?", "eclipse", "Moon passes between"),
    ("How does a black hole form?", "black_holes", "massive star collapses"),
    ("What causes the tides?", "tides", "gravity of the Moon"),
    ("At what temperature should I bake sourdough bread?", "sourdough", "230 degrees"),
    ("How long does rice have to simmer?", "rice", "18 minutes"),
    ("Why is lemon juice added to jam?", "jam", "so that the jam sets"),
    ("What helps against the burning of chili peppers?", "chili", "Milk"),
    ("How many grams of beans do I need for a litre of coffee?", "coffee", "60 grams"),
    ("What do hedgehogs eat?", "hedgehog", "beetles"),
    ("How many eggs does a queen bee lay in a day?", "bees", "2,000 eggs"),
    ("How far can an owl turn its head?", "owls", "270 degrees"),
    ("How old is the Kingsmere oak?", "oak", "nine hundred years"),
    ("Which chess piece can jump over others?", "chess", "knight"),
    ("What are the side effects of the influenza vaccine?", "vaccine", "sore arm"),
    ("How do I restore the factory settings of my router?", "router", "ten seconds"),
    ("How many watts does a Helion panel deliver?", "solar_panels", "410 watts"),
    ("Wann öffnet die Bäckerei Kornblum?", "de_bakery", "sechs Uhr"),
    ("Wer hat die Burg Falkenstein erbaut?", "de_castle", "Graf Ulrich"),
    ("Depuis quand le domaine de Valserine produit-il du vin ?", "fr_vineyard", "1874"),
    ("Combien de livres peut-on emprunter à la bibliothèque du lycée ?", "fr_school", "cinq livres"),
)
