"""The organisation.yaml that setup writes: commented, in Danish, with examples that are plainly examples."""

EXAMPLE = """\
# Jeres organisation. Ret til, gem filen, og start botten igen.
# Linjer, der begynder med #, er kun forklaring.

# Navnet, som mentorerne ser.
name: {name}

# Nødkortet: de numre, en mentor får vist efter et svært besøg.
# Et nummer med lutter nuller er et eksempel og bliver aldrig vist. Skriv jeres egne numre.
emergency_card:
  - label: Alarm
    number: "112"
  - label: Politiet, når det ikke haster
    number: "114"
  - label: Din leder (eksempel)
    number: "00 00 00 00"
  - label: Den sociale vagt i jeres kommune (eksempel)
    number: "00 00 00 00"

# Hjælp på jeres egen arbejdsplads efter noget svært. "" betyder, at linjen ikke vises.
# Eksempel: working_environment: "Arbejdsmiljørepræsentant: Navn Navnesen, lokal 00"
support:
  working_environment: ""
  counselling: ""        # psykologhjælp: hvem, og hvordan man får fat i dem
  own: ""                # jeres egne ord

# Arbejdstid. Uden for den skriver botten ikke af sig selv. "" betyder fri.
working_hours:
  monday: "08:00-17:00"
  tuesday: "08:00-17:00"
  wednesday: "08:00-17:00"
  thursday: "08:00-17:00"
  friday: "08:00-17:00"
  saturday: ""
  sunday: ""

# Hvornår botten sletter det, mentoren selv har skrevet i chatten (svarene er gemt krypteret hos jer):
# at_once = med det samme, at_end = når debriefen er slut, never = aldrig.
tidy: at_end

# Hvor mange måneder tingene bliver gemt. Derefter bliver de slettet helt; mentorerne får det at vide 30 og 7 dage før.
retention:
  answers: 24        # refleksioner og svar
  contact_log: 60    # kontakt- og fraværsloggen: som I har aftalt med kommunen
  audit: 60          # hvem der har læst, eksporteret eller slettet hvad

# Sikkerhedskopier: hvornår på døgnet, og hvor mange der bliver gemt (en om dagen og derefter en om ugen).
backup:
  time: "03:00"
  daily: 7
  weekly: 4

# Hvornår lederen får overblikket over ugen før. På en fri- eller helligdag kommer det næste arbejdsdag.
weekly_summary:
  day: monday
  time: "08:00"

# Når noget, lederen skal vide besked om, ligger urørt hos en mentor: Efter hvor mange timer lederen hører, at det gør
# det – ikke hvad det er. [] betyder aldrig.
escalation_hours: [2, 24]

# Når en mentor beder sin leder ringe nu: Hvor mange minutter en leder har til at trykke »Jeg har set det«,
# før mentoren får at vide, at ingen har set det, og hvem der så kan ringes til (2 til 120).
tell_lead_minutes: 10

# Navne, der aldrig må stå i en tekst, for eksempel på steder eller personer, alle kender.
guard_names: []
"""
