"""Place names: which written names stand for which country, from libraries' data and an archive's own settings.

Countries' names in any language, and cities, come from Babel (Unicode CLDR); adjectives, capitals and regions from
countryinfo, whose few errors are mended in the tables below. Of GeoNames nothing is used: with its 180 MB come
thousands of towns that are also words and people's names.
"""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archivesearch.country_names import english_name, locale_of, territory_name
from archivesearch.text import fold

Words = tuple[str, ...]
Places = tuple[tuple[str, tuple[str, ...]], ...]

TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a name stands for; no countries: the name is known to stand for none ("Latin America").

    `capital`: it counts only where it is written with a capital; `exact`: only where it is written as `spelling`.
    `tongue`: it is the name of a language, too.
    """

    countries: tuple[str, ...]
    capital: bool = True
    exact: bool = False
    tongue: bool = False
    spelling: Words = ()


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All names, by their folded words, and the number of words of the longest name that begins with a word."""

    names: Mapping[Words, Place]
    longest: Mapping[str, int]


# Territories that nobody lives on, that share their mother country's adjective, or whose names are words ("Jersey").
_LEFT_OUT = frozenset(
    "AC AN AQ AX BL BQ BV CC CP CQ CS CX DG EA EU EZ GG GS HM IC IM IO JE MF MP NF NU PM PN QO SJ SX TA TF TK UM UN WF"
    " XA XB XK ZZ".split()
)

# Names and adjectives in English that neither library has.
_MORE_NAMES: Mapping[str, str] = {
    "AE": "UAE U.A.E.", "AR": "Argentine Argentinian", "BW": "Batswana", "CD": "Congo DRC Congo-Kinshasa Zaire",
    "CG": "Congo-Brazzaville", "CZ": "Czechia", "EC": "Ecuadorian", "GB": "UK U.K. Britain England Scotland Scottish"
    " Wales Welsh Briton Britons", "GT": "Guatemaltecan", "KG": "Kyrgyz", "KH": "Khmer Kampuchea", "KP": "DPRK",
    "KR": "Korea Korean Koreans", "KZ": "Kazakh", "LA": "Lao", "LK": "Ceylon", "MM": "Burma Birma", "MV": "Maldivian",
    "NL": "Holland", "NP": "Nepali", "PH": "Filipina Filipinas Philippine", "SR": "Surinamese", "SV": "Salvadorean"
    " Salvadorian", "TJ": "Tajik", "UZ": "Uzbek", "US": "USA U.S.A. U.S. US", "VN": "Viet-Nam",
}  # fmt: skip

_MORE_REGIONS: Mapping[str, tuple[str, ...]] = {
    "BE": ("Flanders", "Flemish", "Wallonia", "Vlaanderen", "Vlaamse", "West-Vlaamse", "Oost-Vlaamse", "Wallonie"),
    "ES": ("Catalonia", "Andalusia"),
    "ID": ("Java", "Sumatra", "Kalimantan", "Sulawesi", "Lombok"),
    "NP": ("Madhesh", "Sudurpashchim", "Terai"),
    "PH": ("Mindanao", "Luzon", "Visayas", "Metro Manila"),
    "PS": ("Gaza", "Gaza Strip", "West Bank"),
}
"""Regions in their English or own form; countryinfo has the official names only, or none."""

# Regions are taken from countries whose list in countryinfo is right and made of names that are nothing else.
_WITH_REGIONS = frozenset("BD BE CA CN DE ID IN MY NL NP PK US".split())

# Big cities without a time zone of their own (CLDR names one or a few cities for each country).
_BIG_CITIES: Mapping[str, str] = {
    "AT": "Salzburg, Graz", "BD": "Chattogram, Cox's Bazar, Gazipur, Narayanganj, Savar, Comilla, Bogra, Jessore",
    "BE": "Antwerp, Ghent, Gent, Leuven, Bruges, Brugge, Charleroi", "BF": "Bobo-Dioulasso", "BJ": "Cotonou, Parakou",
    "BO": "Cochabamba, Oruro, El Alto", "BR": "Rio de Janeiro, Belo Horizonte, Porto Alegre, Curitiba, Brasília",
    "CA": "Montreal, Calgary", "CD": "Lubumbashi, Bukavu, Goma, Kisangani", "CH": "Basel, Lausanne",
    "CM": "Bafoussam", "CN": "Guangzhou, Shenzhen, Wuhan, Chengdu, Nanjing", "CO": "Medellín, Barranquilla,"
    " Bucaramanga", "DE": "Munich, München, Frankfurt, Cologne, Köln, Stuttgart, Düsseldorf, Leipzig, Dresden",
    "EG": "Alexandria", "ES": "Barcelona, Seville, Sevilla, Valencia, Bilbao, Zaragoza", "FR": "Lyon, Marseille,"
    " Toulouse, Bordeaux, Lille, Nantes, Strasbourg", "GB": "Manchester, Birmingham, Liverpool, Glasgow, Edinburgh,"
    " Leeds, Belfast, Cardiff", "GH": "Kumasi, Tamale", "GT": "Quetzaltenango", "HN": "San Pedro Sula",
    "HT": "Cap-Haïtien", "ID": "Surabaya, Bandung, Medan, Semarang, Bekasi, Tangerang, Palembang, Denpasar, Bogor,"
    " Surakarta, Banda Aceh, Batam", "IN": "Mumbai, Bombay, Chennai, Madras, Bengaluru, Bangalore, Hyderabad,"
    " Ahmedabad, Pune, Jaipur, Lucknow, Kanpur, Nagpur, Patna, Bhopal, Indore, Coimbatore, Madurai, Tiruchirappalli,"
    " Trichy, Kochi, Thiruvananthapuram, Trivandrum, Visakhapatnam, Ranchi, Guwahati, Bhubaneswar, Varanasi, Mysore",
    "IT": "Milan, Naples, Turin, Bologna, Florence, Venice, Palermo", "JP": "Osaka, Kyoto, Yokohama, Hiroshima",
    "KE": "Mombasa, Kisumu, Nakuru, Eldoret", "KH": "Siem Reap, Battambang, Sihanoukville, Kampong Cham, Poipet",
    "KR": "Busan, Incheon", "MA": "Marrakech, Marrakesh, Tangier", "ML": "Sikasso, Timbuktu", "MM": "Mandalay",
    "MX": "Guadalajara, Oaxaca", "MY": "Penang, Johor Bahru", "NG": "Kano, Ibadan, Port Harcourt",
    "NL": "Rotterdam, Utrecht, Eindhoven, Nijmegen, Maastricht", "NP": "Pokhara, Biratnagar, Birgunj, Lalitpur,"
    " Bhaktapur, Butwal, Nepalgunj, Dharan, Dhangadhi, Janakpur", "PE": "Arequipa, Cusco", "PH": "Quezon City, Cebu,"
    " Davao, Zamboanga, Iloilo, Cagayan de Oro, Baguio", "PK": "Lahore, Faisalabad, Rawalpindi, Peshawar, Quetta",
    "PL": "Kraków, Krakow, Gdańsk", "PT": "Porto, Braga, Coimbra", "RU": "Saint Petersburg", "SA": "Jeddah, Mecca",
    "SE": "Gothenburg, Malmö", "SN": "Thiès, Ziguinchor, Kaolack", "TG": "Sokodé", "TH": "Chiang Mai", "TR": "Izmir",
    "TW": "Kaohsiung", "TZ": "Arusha, Mwanza", "UG": "Gulu, Jinja, Mbarara", "US": "Boston, Philadelphia, Houston,"
    " Dallas, Atlanta, San Francisco, Seattle, Miami", "VE": "Maracaibo", "VN": "Da Nang, Haiphong, Hai Phong, Huế,"
    " Can Tho, Saigon", "ZA": "Cape Town, Durban, Soweto", "ZM": "Kitwe, Ndola", "ZW": "Bulawayo",
}  # fmt: skip

# Names that hold a country's name or adjective but stand for no country, and places that are also words or people.
_NOTHING = """
    Latin America; Latin American; Latin Americans; South America; South American; North America; North American;
    Central America; Central American; Inter-American; Pan-American; African American; African Americans;
    Native American; Native Americans; American Indian; West Indian; East Indian; Indian Ocean; Indian summer;
    South China Sea; East China Sea; Gulf of Guinea; Gulf of Mexico; Sea of Japan; Persian Gulf; English Channel;
    New England; New Britain; Panama Canal; Panama Papers; Paris Agreement; Paris Club; Paris Accord; Kyoto Protocol;
    Paris Climate Agreement; Geneva Convention; Geneva Conventions; Istanbul Convention; Marrakech Treaty; Rome Statute;
    Montreal Protocol; Addis Ababa Action Agenda; Doha Round; Doha Declaration; Beijing Platform; Lisbon Treaty; Turkish
    bath; French fries; Swiss cheese; Russian roulette; Dutch disease; Chinese wall; New Guinea; Black Sea;
    Male; Victoria; Santiago; Georgetown; Hamilton; Kingston; Stanley; Sofia; Praia; Sucre; Plymouth; Roseau; Nassau;
    Christmas; Easter; Regina; Darwin; Adelaide; Wake; Midway; Troll; Davis; Palmer; Casey; Dawson; Kirov; Gambier;
    Oral; Phoenix; Samara; Kanton; Antigua; Creston; Chatham; Halifax; Merida; Bahia; Canary; Madeira; Reunion;
    Pacific; San Juan; San José; Washington; Virginia; Maine; Montana; Perth; Chita; Vienne; The Valley; Thule; Mahe
"""

_SEATS = "Brussels; Bruxelles; Brussel; Brüssel; Bruselas; Geneva; Genève; Genf; Ginebra; New York; The Hague"
"""Seats of international bodies: meetings there are not about the country."""

_ENDINGS: Mapping[str, tuple[str, str]] = {
    "nl": (
        "a e ë ie ië je ja en land o",
        "se s er ers ische isch ese ees ezen aanse aans aan anen jaanse jaans iaanse iaans",
    ),
    "fr": (
        "a e i ie",
        "ais aise aises ois oise oises ien ienne iens iennes ain aine ains aines éen éenne éens éennes in ine ins ines",
    ),
    "es": (
        "a ia as e il",
        "ano ana anos anas iano iana ianos ianas ino ina inos inas eno ena enos enas eño eña eños eñas es esa eses esas"
        " ense enses ileño ileña ileños ileñas",
    ),
    "pt": (
        "a ia as e il",
        "ano ana anos anas iano iana ianos ianas ino ina inos inas eno ena enos enas ense enses es esa eses esas ileiro"
        " ileira ileiros ileiras",
    ),
    "de": (
        "a e en ien land o",
        "isch ische ischen ischer isches ischem esisch esische esischen anisch anische anischen ianisch ianische"
        " ianischen",
    ),
}
"""Language -> what a country's name loses and what it then takes to become an adjective (or the name of its people)."""

_SHORTEST_STEM, _SHORTEST_DERIVED = 4, 7  # shorter forms made by rule are often other words: pt "serves", es "chiles"

# Adjectives that do not come from the country's name as it is written today.
_IRREGULAR: Mapping[str, Mapping[str, str]] = {
    "nl": {"BD": "Bengaalse Bengalees Bengalese", "CD": "Congolese", "CN": "Chinese Chinees", "FR": "Franse Fransen",
           "GB": "Britse Brits Britten", "NL": "Nederlandse", "PE": "Peruaanse Peruviaanse", "US": "Amerikaanse",
           "VN": "Vietnamese", "GT": "Guatemalteekse", "ES": "Spaanse Spanjaarden", "PL": "Poolse", "FI": "Finse",
           "IE": "Ierse", "SE": "Zweedse", "DK": "Deense", "NO": "Noorse", "GR": "Griekse", "IT": "Italiaanse",
           "CH": "Zwitserse Zwitsers", "DE": "Duitse Duitsers", "CU": "Cubaanse", "TG": "Togolese", "CL": "Chileense",
           "ID": "Indonesische", "PH": "Filipijnse Filipino", "TR": "Turkse", "IN": "Indiase Indiaas Indiërs"},
    "fr": {"BD": "bangladais bangladaise bangladaises", "BE": "belge belges", "CD": "congolais congolaise congolaises",
           "DE": "allemand allemande allemands allemandes", "GB": "britannique britanniques",
           "US": "américain américaine américains américaines", "CH": "suisse suisses",
           "PE": "péruvien péruvienne péruviens péruviennes",
           "TG": "togolais togolaise", "NL": "néerlandais néerlandaise", "ES": "espagnol espagnole espagnols"},
    "es": {"BE": "belga belgas", "CD": "congoleño congoleña", "DE": "alemán alemana alemanes", "EC": "ecuatoriano"
           " ecuatoriana ecuatorianos ecuatorianas", "FR": "francés francesa franceses", "GB": "británico británica",
           "GT": "guatemalteco guatemalteca guatemaltecos guatemaltecas", "US": "estadounidense estadounidenses",
           "ES": "español española españoles", "SV": "salvadoreño salvadoreña salvadoreños",
           "CN": "chino chinos", "CU": "cubano cubana cubanos cubanas", "ID": "indonesio indonesios",
           "NP": "nepalí nepalíes nepalés nepalesa"},
    "de": {"BD": "bangladeschische", "CN": "chinesische chinesischen", "CD": "kongolesische kongolesischen",
           "FR": "französische französischen", "GB": "britische britischen", "IN": "indische indischen indischer Inder",
           "NP": "nepalesische nepalesischen Nepalesen", "US": "amerikanische amerikanischen"},
    "pt": {"BE": "belga belgas", "DE": "alemão alemã alemães", "FR": "francês francesa", "US": "americano americana"},
}  # fmt: skip


def key_of(name: str) -> Words:
    """The folded words of a name: what it is looked up by."""
    return tuple(fold(word) for word in TOKEN.findall(name))


@functools.lru_cache(maxsize=64)
def gazetteer(language: str | None, places: Places) -> Gazetteer:
    """All names that may stand for a country in a text of this language, those of the settings above all others."""
    names = dict(_built_in(language))
    for name, countries in places:
        written = tuple(TOKEN.findall(name))
        if written:
            names[key_of(name)] = Place(
                countries=tuple(countries), spelling=written, exact=name.isupper(),
                capital=name[:1].isupper(),
            )  # fmt: skip
    longest: dict[str, int] = {}
    for key in names:
        longest[key[0]] = max(longest.get(key[0], 0), len(key))
    return Gazetteer(names, longest)


@functools.lru_cache(maxsize=32)
def _built_in(language: str | None) -> Mapping[Words, Place]:
    names: dict[Words, Place] = {}
    if language and language != "en":
        tongues = _tongues(language)
        _add(names, _derived(language), capital=language == "nl", tongues=tongues)
        _add(names, _irregular(language), capital=language == "nl", tongues=tongues)
        _add(names, _cities(language))
        _add(names, _territories(language))
    names |= _english()
    for name in _NOTHING.split(";") + _SEATS.split(";"):
        if name.strip():
            names[key_of(name)] = Place(countries=())
    return names


@functools.cache
def _english() -> Mapping[Words, Place]:
    """The English names from the least to the most certain: where two kinds share a name, the later stands."""
    names: dict[Words, Place] = {}
    tongues = _tongues("en")
    _add(names, _regions())
    _add(names, _cities("en"))
    _add(names, _demonyms(), tongues=tongues)
    _add(names, ((code, name) for code, words in _MORE_NAMES.items() for name in words.split()), tongues=tongues)
    _add(names, _territories("en"))
    _add(names, ((code, name) for code, fact in _facts().items() for name in (fact.name, english_name(code))))
    return names


def _add(
    names: dict[Words, Place],
    pairs: Iterable[tuple[str, str]],
    *,
    capital: bool = True,
    tongues: frozenset[Words] = frozenset(),
) -> None:
    """Add names with their countries; a name that several countries share goes to the one far bigger than the rest."""
    holders: dict[Words, dict[str, str]] = defaultdict(dict)
    for code, name in pairs:
        if code in _facts() and (key := key_of(name)):
            holders[key].setdefault(code, name)
    for key, codes in holders.items():
        if biggest := _biggest(codes):
            written = tuple(TOKEN.findall(codes[biggest]))
            names[key] = Place(
                countries=(english_name(biggest),),
                capital=capital,
                exact=all(word.isupper() for word in written),
                tongue=key in tongues,
                spelling=written,
            )


def _biggest(codes: Iterable[str]) -> str | None:
    """The country with ten times the people of each other one; None where there is none."""
    ranked = sorted(codes, key=lambda code: -_facts()[code].population)
    if len(ranked) > 1 and _facts()[ranked[0]].population < 10 * _facts()[ranked[1]].population:
        return None
    return ranked[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    name: str
    demonyms: tuple[str, ...]
    capital: str
    regions: tuple[str, ...]
    population: int


@functools.cache
def _facts() -> Mapping[str, _Fact]:
    """What countryinfo knows of each country, by its ISO 3166-1 code."""
    from countryinfo import all_countries  # reads 250 files: only when a post is enriched

    facts: dict[str, _Fact] = {}
    for country in all_countries():
        info: Mapping[str, Any] = {**country.info()}  # its own types leave out what is missing or a list
        code, capital = info["ISO"]["alpha2"], info.get("capital")
        population = info.get("population") or 0
        # a few codes have a second record, of a part of the country: Northern Ireland's is GB, too
        if code not in _LEFT_OUT and not (code in facts and facts[code].population >= population):
            facts[code] = _Fact(
                name=info["name"].removeprefix("The "),
                demonyms=tuple(filter(None, (info.get("demonym") or "").split(","))),
                capital=capital if isinstance(capital, str) else "",
                regions=tuple(info.get("provinces") or ()),
                population=population,
            )
    return facts


def _territories(language: str) -> Iterator[tuple[str, str]]:
    for code in _facts():
        name = territory_name(language, code)
        yield code, name.split(" (")[0]
        yield from ((code, inner) for inner in re.findall(r"\((.+)\)", name))


def _demonyms() -> Iterator[tuple[str, str]]:
    for code, fact in _facts().items():
        for word in fact.demonyms:
            yield code, word
            if not word.endswith(("s", "sh", "ch", "ese")):
                yield code, word + "s"


def _derived(language: str) -> Iterator[tuple[str, str]]:
    """Adjectives made from the countries' names by the language's endings."""
    losses, gains = (endings.split() for endings in _ENDINGS.get(language, ("", "")))
    for code, name in _territories(language):
        stems = {name.removesuffix(loss) for loss in losses} if name.isalpha() else set()
        for stem in stems:
            if len(stem) >= _SHORTEST_STEM:
                yield from ((code, stem + gain) for gain in gains if len(stem + gain) >= _SHORTEST_DERIVED)


def _irregular(language: str) -> Iterator[tuple[str, str]]:
    for code, words in _IRREGULAR.get(language, {}).items():
        yield from ((code, word) for word in words.split())


def _regions() -> Iterator[tuple[str, str]]:
    for code in _WITH_REGIONS:
        yield from ((code, region) for region in _facts()[code].regions)
    for code, regions in _MORE_REGIONS.items():
        yield from ((code, region) for region in regions)


def _cities(language: str) -> Iterator[tuple[str, str]]:
    """Capitals, the cities that time zones are named after, and further big ones, in a language."""
    from babel.core import get_global

    if language == "en":
        yield from ((code, fact.capital.removesuffix(" D.C.")) for code, fact in _facts().items())
        yield from ((code, city) for code, cities in _BIG_CITIES.items() for city in cities.split(", "))
    locale = locale_of(language)
    zones = locale.time_zones if locale else {}
    for code, names in get_global("territory_zones").items():
        for zone in names:
            if zone.count("/") == 1 and not zone.startswith("Etc/"):
                yield code, zones.get(zone, {}).get("city") or zone.split("/")[1].replace("_", " ")


def _tongues(language: str) -> frozenset[Words]:
    """The names of languages as written in this language."""
    locale = locale_of(language)
    return frozenset(key_of(str(name)) for name in locale.languages.values()) if locale else frozenset()
