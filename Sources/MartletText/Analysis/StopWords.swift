// Words too common to search for.

enum StopWords {
    /// The stop words of a definition, as small letters in UTF-8; empty where none are wanted or no list is known.
    static func set(_ definition: AnalyzerDefinition) -> Set<[UInt8]> {
        guard definition.stopwords else { return [] }
        if let own = definition.stopwordList { return Set(own.map(spelling)) }
        let language = definition.language == "porter" ? "english" : definition.language
        if definition.edition == 1, language != "english" { return [] }
        return Set((lists[language] ?? "").split(separator: " ").map { Array($0.utf8) })
    }

    /// A person's word as analysis would spell it.
    private static func spelling(_ word: String) -> [UInt8] {
        var scalars: [UInt32] = []
        for scalar in word.unicodeScalars {
            let lower = ScalarClass(of: scalar, edition: AnalyzerDefinition.currentEdition).lower
            if let last = scalars.last, let composed = Folding.compose(last, scalar.value) {
                scalars[scalars.count - 1] = composed
            } else {
                scalars += scalar.value == 0x2019 ? [0x27] : lower
            }
        }
        return UTF8Scalars.bytes(of: scalars)
    }

    /// Articles, pronouns, prepositions, conjunctions and auxiliary verbs. They are part of what stored definitions mean:
    /// a change needs another edition.
    private static let lists: [String: String] = [
        "english": """
        a an and are as at be but by for if in into is it no not of on or such that the their then there these they \
        this to was will with
        """,
        "danish": """
        af alle at blev da de dem den denne der deres det dette dig din disse dog du efter eller en er et for fra \
        ham han hans har havde have hende hendes her hos hun hvad hvis hvor i ikke ind jeg kan man med meget men mig \
        min mod når ned noget nogle nu og også om op os over på selv sig sin skal skulle som sådan til ud under var \
        vi vil ville vor være været
        """,
        "dutch": """
        aan al alles als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus een en er ge geen \
        had heb hebben heeft hem het hier hij hoe hun ik in is ja je kan kon maar me meer men met mij mijn moet na \
        naar niet niets nog nu of om omdat ons ook op over reeds te tegen toch toen tot u uit uw van veel voor want \
        waren was wat we wel werd wie wij wil worden zal ze zich zij zijn zo zonder zou
        """,
        "finnish": """
        ei eivät emme en että et he hän ja jos joka jotka kanssa kuin kun me mikä minä mitä mukaan mutta myös ne nyt \
        niin nämä ole olemme olen olet olette oli olivat ollut on ovat se sekä siinä sinä sitä tai te tämä tässä \
        vaan vai vaikka
        """,
        "french": """
        ai as au aux avec avez avoir avons c ce ces cet cette d dans de des du elle elles en es est et eu eux il ils \
        j je l la le les leur leurs lui m ma mais me mes moi mon même n ne nos notre nous on ont ou par pas pour qu \
        que qui s sa se ses soi son sont suis sur t ta te tes toi ton tu un une vos votre vous y à été être
        """,
        "german": """
        aber alle als also am an auch auf aus bei bin bis bist da damit dann das dass dein dem den der des dessen \
        dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines er \
        es euch euer für gegen habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren \
        ihrer im in ist jede jedem jeden jeder jedes jene jener kann kein keine man mein mich mir mit nach nicht \
        noch nun nur ob oder ohne sehr sein seine seinem seinen seiner sich sie sind so solche sondern sonst über \
        um und uns unser unter vom von vor war waren was weil welche welcher wenn werde werden wie wieder will wir \
        wird wo zu zum zur zwar zwischen
        """,
        "hungarian": """
        a abban ahhoz ahogy aki akik akkor amely amelyek ami az azok azt azért be csak de e egy egyes egyik el ennek \
        és ez ezek ezen ezért fel ha hanem hogy hogyan ide is itt itten jó ki le lehet lesz meg mert mi mint mivel \
        most nagyon ne nem nincs ő ők össze pedig sem számára szerint talán te úgy után van vagy volt volna voltak
        """,
        "italian": """
        a ad agli ai al alla alle allo anche c che chi ci coi col come con contro cui d da dagli dai dal dalla dalle \
        dallo degli dei del della delle dello di dove e ed era erano essere fu gli ha hai hanno ho i il in io l la \
        le lei li lo loro lui ma mi mia mio ne negli nei nel nella nelle nello noi non nostro o per perché più quale \
        quella quelle quelli quello questa queste questi questo se sei si sia siamo siete sono su sua sue sugli sui \
        sul sulla sulle sullo suo suoi ti tra tu tua tuo un una uno vi voi è
        """,
        "norwegian": """
        alle at av ble bli både da de deg dem den denne der deres det dette di din disse du eller en enn er et etter \
        for fordi fra før ha hadde han hans har hennes her hun hva hvem hvis hvor i ikke inn ja jeg kan man med meg \
        mellom men mer min mot må ned noe noen nå når og også om opp oss over på seg selv sin skal skulle slik som \
        så til ut uten var ved vi vil ville være vært å
        """,
        "portuguese": """
        a ao aos aquela aquelas aquele aqueles aquilo as até com como da das de dela delas dele deles depois do dos e \
        ela elas ele eles em entre era essa essas esse esses esta estas este estes eu foi foram há isso isto já lhe \
        lhes mais mas me mesmo meu meus minha minhas muito na nas nem no nos nossa nosso num numa não nós o os ou \
        para pela pelas pelo pelos por quando que quem se sem ser seu seus sua suas são só também te tem tinha um \
        uma você vocês à às é
        """,
        "russian": """
        а без бы был была были было быть в вам вас весь во вот все всех вы где да для до его ее если есть еще же за \
        и из или им их к как ко когда кто ли мне мы на над не него нее нет ни них но ну о об он она они оно от по \
        под при с со так также там то того тоже только том ты у уже чего чем что чтобы эта эти это этот этого я
        """,
        "spanish": """
        a al algo ante antes aquel como con contra cual cuando de del desde donde durante e el ella ellas ellos en \
        entre era eran es esa esas ese eso esos esta estas este esto estos está están fue fueron ha han hasta hay la \
        las le les lo los me mi mis muy más nada ni no nos nosotros o os otra otro para pero por porque que quien se \
        sea ser si sido sin sobre son su sus sí también te tiene todo tu tus un una uno unos y ya yo él
        """,
        "swedish": """
        alla allt att av blev bli blir då de dem den denna deras dess dessa det detta dig din du där eller en er ett \
        från för ha hade han hans har hennes hon hur här i icke inte ja jag kan man med mellan men mig min mot mycket \
        ni nu när någon något några och om oss på samma sedan sig sin själv ska skulle som så till under upp ut utan \
        vad var vara vem vi vid vilka vilken är än åt över
        """,
    ]
}
