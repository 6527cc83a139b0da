"""What the charter forbids in the catalogue: one row for each kind of deed or benefit that is never published.

How `words` read, after `core.charter` has lowered the text and taken its accents and punctuation away:

    vote            the word itself                 petition*       any ending
    quit*/stop*     one or the other                sign ... now    up to three words between
    tax ~ discount* both, in either order           ^gambl*         only as the first word of the text
    {less}          a list of WORD_LISTS            ,               ends a phrase

Phrases of all languages are tried on every text. A row that is more specific stands above a more general one.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ban:
    """One forbidden kind of item: `what` it is and `why` (with a way out) make the sentence a manager reads."""

    rule: str
    categories: str
    what: str
    why: str
    words: str


WORD_LISTS = {
    "less": """
        discount*/off/free/cheap*/low*/reduc*/cut/waive*/rebate*/credit/priority/fast*/quick*/exempt*
        /relief/subsid*/pay*/paid/help/skip*/jump*/prefer*/easier/descuent*/rebaj*/gratis/gratuit*
        /prioridad/priorit*/exencion/exento/bonific*/barat*/menos/condon*/perdon*/anula*/ayuda/pago
        /pagar/rapid*/descompt*/rebaix*/exempci*/menys/ajut*/pagament/descont*/isenc*/isento/prioridade
        /perdao/perdoar/ajuda/apoio/mais/mes/mas
    """,
    "relative": "relative/relatives/patient*/dementia/alzheimer*",
    "person": """
        neighbour*/neighbor*/person/people/someone/somebody/anyone/who/driver*/cyclist*/owner*/resident*
        /tenant*/offender*/famil*/citizen*/colleague*/migrant*/immigrant*/squatter*/litterer*/car/cars
    """,
    "goods": "money/cash/clothes/clothing/food/book/books/schoolbook*/toy/toys/furniture/shoes/goods/things/items",
    "bienes": """
        dinero/euro*/ropa/alimento*/comida/libro*/juguete*/mueble*/material/diners/roba/aliments/llibre*
        /joguin*/moble*/objeto*/objecte*/dinheiro/livro*/manuais/roupa*/brinquedo*/alimentos/movei*
    """,
    "used": "usado/usados/usada/usadas/usat/usats/usades/viejo*/vieja*/vell*/velh*/segunda/segona",
    "staff": "staff/employee*/worker*/cleaner*/sweeper*/caretaker*/librarian*/lifeguard*",
    "personal": """
        personal/pessoal/trabajador*/treballador*/trabalhador*/emplead*/empleat*/empregad*/funcionari*
        /barrender*/escombriaire*/varredor*/conserje*/conserge*/bibliotecari*
    """,
    "platform": "instagram/facebook/tiktok/twitter/youtube/linkedin/whatsapp/telegram",
}

# Cut out before anything else is looked for: harmless phrases that hold a forbidden word.
INNOCENT = """
    museum/museo/museu of/de/del/do/da/de the/la/l *, museum/museo/museu of/de/del/do/da *, * museum,
    tax/customs office/house, tax free, pay* a visit, fine art/arts/dining/weather/day, blood orange*,
    mass planting/tree/bike/participation,
    bird*/butterfl*/bat/bats/tree/trees/plant*/insect*/wildlife/species/frog*/hedgehog*/pollinator* survey*,
    donat*/doar/doa/donar/dona ... time/hour/hours/skill*/tiempo/hora/horas/temps/hores/tempo,
    donar/dona suport/classe*/benvinguda, donar/dona la benvinguda, donar/dona un cop de ma,
    help*/teach*/show* ... log/logging/sign/download/downloading/install/installing/open in/on/into/an/the,
    ayud*/ajud* ... mayor/vecin*/alguien/gran/vei/veina/algu/idos*/vizinh*/alguem a ...
    descargar/instalar/iniciar/abrir/descarregar/installar/obrir/comprar,
    ayud*/ajud* ... descargar/instalar/iniciar/abrir/descarregar/installar/obrir/comprar,
    buy*/purchas* ... for ... neighbour*/neighbor*/someone/somebody/person/people,
    do/doing/carry* the/someone/their shopping, hacer/haz/llevar/lleva/subir/carro/bolsas la/de compra/la,
    fer/fes/dur/portar/carro/bosses la/de compra/la,
    hacer/fer/fazer/faz/levar/sacos la/les/as/a/das/de compra/compras/compres/la,
    animal*/perro*/gato*/gossos/gats/caes enferm*/malalt*/doente*, sick animal*,
    manifestac* cultura*/artistic*/popular*, rent/hire a/an,
    alquiler/lloguer/aluguer de/d/da/del bici*/patin*/kayak*/caiac*/caiaque*/barc*/coche*/cotxe*/carro*/taquill*,
    alquiler/lloguer/aluguer de/d/da/del equip*/material*/sala*/pista*/raquet*/instrument*,
    bike*/bicycle*/cycle/scooter parking, parking/aparcamiento/aparcament/estacionamento de/d/para/per bici*,
    ginger/root beer, alcohol free beer/wine/drink*/cocktail*, non alcoholic beer/wine/drink*/cocktail*,
    cerveza/cervesa/cerveja/vino/vi/vinho/bebida*/begud* sin/sense/sem alcohol/alcool, wine gum*, fruit cocktail*,
    tobacco factory, fabrica de tabac*, water bottle*/park*/colour*/color*/slide*/ski*/sport*/polo, money box*/off
"""

DEED_BANS = (
    Ban(
        rule="C29",
        categories="participatory-budget proposal",
        what="proposing or voting in a city process",
        why="points must not buy participation, so open the process to all and reward none of it",
        words="""
            participatory budget*, have your say, submit*/write/support/second ... proposal/proposals, make a proposal,
            propose ... idea/project/measure/rule, vote*/voting ... proposal*/idea/ideas/project*/online/budget*,
            presupuesto* participativo*, presentar/apoyar/presenta/apoya ... propuesta*,
            proponer/propon ... idea/proyecto/medida,
            votar/vota ...
            propuesta*/proposta/propostes/propostas/presupuesto*/pressupost*/orcamento*/proyecto*/projecte*/projeto*,
            pressupost* participatiu*, presentar/presenta/donar ... proposta/propostes,
            proposar/proposa ... idea/projecte/mesura, orcamento* participativo*,
            apresentar/apresente/apoiar ... proposta*, propor/proponha ... ideia/projeto/projecto/medida
        """,
    ),
    Ban(
        rule="C18",
        categories="health-data health medical",
        what="a deed that reveals somebody's health",
        why="health is nobody's business but their own and the proof would expose it, "
        "so reward an open group activity instead",
        words="""
            give/gives/giving/donat* ... blood/plasma/marrow, donat* ... organ/organs/kidney,
            blood/plasma donation*/donor*/drive*/test*/pressure, stop*/quit*/without ... smoking,
            stop*/quit*/leave/leaving drinking/vaping/alcohol/tobacco/cigarettes/drugs,
            give/giving up ... smoking/drinking/alcohol/tobacco/cigarettes/drugs/vaping, no smoking, non smoker*,
            smoke/alcohol free day*/week*/month*/year*/challenge, dry january,
            day/week/month/year without ... alcohol/tobacco/cigarettes/drink/drinking,
            dia/semana/setmana/mes/ano/any sin/sense/sem ... alcohol/alcool/tabaco/tabac,
            lose/losing ... weight/kilo/kilos, weight loss, get/gets/getting/be/being/your ... vaccin*/jab,
            flu/covid vaccin*/jab/shot*, health/cancer/medical/breast screening*/check*/test*/exam*, mammogram*, hiv,
            steps a/per day, daily steps, 10 000 steps, 10000 steps, attend*/go/going ... therapy/rehab,
            alcoholics anonymous, take/taking your medic*, care plan*,
            look/looking/care/caring after/for ... {relative}, take/taking care of ... {relative},
            look/looking/care/caring after/for ... sick/ill/disabled relative*/parent*/person/people/family,
            donar/dona/dar/da ... sangre/plasma/medula, donacion/donaciones/donante/donantes de sangre,
            dejar/deja/dejo de fumar/beber, dejar/deja ... tabaco/alcohol, sin fumar/beber,
            perder/pierde ... peso/kilo/kilos, adelgaz*, vacunarse/vacunate, vacunar se/te, poner*/ponte ... vacuna*,
            revision/control/chequeo/examen/prueba medica/medico, chequeo de salud, pasos al dia, pasos diarios,
            plan de cuidados, cuidar/cuida/cuidado ... un/una/tu/mi familiar/pariente,
            familiar/persona/personas dependiente*/enferm*, donar/dona ... sang/medul*,
            donacio/donacions/donant/donants de sang, deixar/deixa/parar/para de fumar/beure/beber,
            deixar/deixa ... tabac/tabaco, sense fumar/beure, perdre/perd ... pes/quilo/quilos, aprimar*, vacuna t,
            posar*/posa ... vacuna*, revisio/control/prova medica/medic, passos/passes al dia,
            passos/passes diaris/diaries, pla de cures, pla de cura,
            tenir/tingues/cuidar/cuida ... un/una/teu familiar/malalt/malalta/parent,
            familiar/persona/persones malalt*/dependent*, dar/da/de/doar/doa/doe ... sangue/medula,
            doacao/doacoes/dador/dadores/doador* de sangue, sem fumar/beber, perder/perca ... peso/quilo/quilos,
            emagrec*, vacinar/vacine se, vacinar*/tomar/tome ... vacina*, exame/check/consulta/rastreio medic*,
            passos por/ao dia, passos diarios, plano de cuidados, cuidar/cuide de um/uma/seu familiar/parente/doente,
            familiar/pessoa/pessoas doente*/dependente*
        """,
    ),
    Ban(
        rule="C18",
        categories="religion belief trade-union",
        what="a deed that reveals somebody's belief",
        why="what people believe must stay out of the city's records, "
        "so reward something open to everyone whatever they believe",
        words="""
            attend*/hear/hearing/celebrate/celebrating/go/going mass, attend*/hear* a/the mass, go/going to mass,
            sunday/holy/midnight mass,
            religious/church/worship/prayer service*/ceremon*/meeting*/gathering*/procession*/act,
            pray/prays/praying/prayer/prayers, worship*, attend*/join* church/mosque/synagogue/temple,
            attend*/join* a/the/your church/mosque/synagogue/temple, go/going to church/mosque/synagogue/temple,
            go/going to the/your church/mosque/synagogue/temple, pilgrimage*, peregrinacion*, peregrinacao,
            pelegrinatge*, sermon*, bible study/class/group/reading, quran, koran, catech*, trade union*, misa/misas,
            rezar/reza/rezo/rezos, servicio*/acto*/culto*/oficio*/ceremonia* religios*, catequ*,
            grupo de oracion/oracao, ir/ve/asistir/asiste/acudir a la iglesia/mezquita/sinagoga,
            ir/ve/asistir/asiste/acudir al culto/templo, afiliar*/afilia* ... sindicat*, missa/missas, resar/resa,
            pregaria/pregaries, servei*/acte*/culte*/ofici*/cerimonia* religios*, anar/assistir a l esglesia,
            anar/assistir a la mesquita/sinagoga, servico*/ato*/acto*/cerimonia* religios*,
            ir/assistir/va a igreja/mesquita/sinagoga, ir/assistir ao culto/templo, filiar/sindicalizar se
        """,
    ),
    Ban(
        rule="C30",
        categories="politics political election elections petition",
        what="a political act",
        why="points must never steer a vote or an opinion, so offer a deed that takes no side",
        words="""
            vote/votes/voted/voter/voters/voting, ballot*, petition/petitions/petitioning, election/elections,
            referend*, plebiscit*, collect*/gather* ... signatures, sign/signing ... manifesto/initiative, change org,
            canvass*,
            political act*/party/parties/event*/meeting*/rally/rallies/campaign*/demonstration*/protest*/debate*,
            campaign* for ... candidate*/party/council*/mayor*, mayor/candidate*/party/councillor s campaign,
            party campaign*, electoral campaign*, party member*, protest/protests/protesting, street demonstration*,
            picket line*, stand/standing as ... candidate*, propaganda politic*/electoral, propaganda de un/um partid*,
            join*/attend* a/the/this demonstration, demonstrat* against, go/going on strike, join* a/the strike,
            run/running/stand/standing for council/mayor/office/parliament,
            write/writing to your mp/mayor/councillor/senator, votar/vota/voto/votos/votacion/votaciones/votante*,
            elecciones, firmar/firma/firme ... peticion*/manifiesto*/iniciativa*, recoger/recoge/recogida ... firmas,
            manifestarse, manifestate, ir/asistir/participar/acudir/sumarse ... manifestac*,
            protesta/protestas/protestar, huelga/huelgas, mitin/mitines, campana electoral/politica,
            partido*/acto*/debate*/reunion*/ato* politic*, votacio/votacions/vot/vots/votant/votants, eleccions,
            signar/signa/firmar/firma ... peticio*/manifest, recollir/recull/recollida ... signatures/firmes,
            manifestar se, anar/assistir/participar ... manifestacio*, protestes, fer/seguir ... vaga, miting/mitings,
            campanya electoral/politica, partit*/acte*/debat*/reunio* politic*, votacao/votacoes, eleicao/eleicoes,
            assinar/assine/assina ... peticao/peticoes/manifesto, abaixo assinado*, recolher/recolha ... assinaturas,
            protesto/protestos, greve/greves, comicio/comicios, campanha eleitoral/politica
        """,
    ),
    Ban(
        rule="C29",
        categories="online-click clicks social-media log-in login",
        what="an online click",
        why="a click or a log-in does the town no good, so reward what is done for it away from the screen",
        words="""
            put/give/leave ... like/likes,
            share/sharing/like/liking/comment*/repost* ... post/posts/tweet/tweets/hashtag/link, retweet*, repost*,
            like/liking/follow* ... page/profile/account/channel/{platform},
            share/sharing/post/posting/publish* ... {platform}, share/sharing/post/posting ... social media/network*,
            ^log in/on/into, ^sign in, login/logins, daily log/login,
            log/logging in/into ... app/platform/portal/daily/every/account/website/week/day, click/clicks/clicking,
            download/downloading/install/installing/open/opening ... app/application, visit* ... website,
            subscrib* ... newsletter/channel/app/notifications/updates,
            sign/signing up ... newsletter/channel/app/notifications/updates, rate/rating ... app,
            leave/write a review, refer a friend,
            compartir/comparte ...
            publicacion/publicaciones/publicacio/publicacions/post/enlace/enllac/tuit*/hashtag/piulad*,
            compartir/comparte/comparteix/partilh*/compartilh* ... redes/xarxes/redes sociales/socials/sociais,
            retuit*, comparteix ... publicacio/post/enllac/piulad*, dar/da/dale/poner/pon ... like/likes,
            dar/da/dale/poner/pon ... me gusta,
            seguir/sigue/siguenos/segueix/siga/segue ... cuenta/perfil/compte/conta/pagina/{platform},
            iniciar/inicia sesion/sessio/sessao, inicie sesion/sessao, clic/clics/clicar/clica/clique/cliques,
            entrar/entra en/a la app/plataforma, descargar/descarga/instalar/instala/abrir/abre ... app/aplicacion,
            suscrib* ... boletin/canal/newsletter, fer/fes/dona/donar/posar ... m agrada,
            descarregar/descarrega/installar/obrir/obre ... app/aplicacio/aplicacao,
            subscriure*/subscriu* ... butlleti/canal/newsletter, partilh*/compartilh* ... publicac*/post/link/ligacao,
            curtir/curta/curte, por/dar/deixar ... gosto/like na/no/nas/nos,
            baixar/baixe/instalar/instale/transferir ... app/aplicacao/aplicativo,
            subscrever/subscreva/assinar/assine ... boletim/canal/newsletter
        """,
    ),
    Ban(
        rule="C29",
        categories="survey surveys questionnaire",
        what="answering a survey",
        why="paid answers are neither free nor true, so ask everyone and reward nobody for it",
        words="""
            answer*/fill*/complet*/respond*/reply*/do/doing ... survey/surveys/questionnaire*/poll/polls,
            take/taking a/the/our/this/an ... survey/questionnaire/poll,
            satisfaction/opinion/online/citizen/customer survey*/poll*/questionnaire*, survey about,
            in a/the/our survey/poll/questionnaire, tell us what you think, give/giving/leave ... opinion/rating,
            encuesta/encuestas, respond*/contest*/rellen*/cumpliment* ... cuestionario*/sondeo*,
            dar/da/danos tu/su opinion, enquesta/enquestes,
            respon*/contest*/emplen*/omplir/omple ... questionari*/sondeig*, dona la teva opinio, donar ... opinio,
            inquerito/inqueritos, pesquisa de opiniao/satisfacao, respond*/preench* ... questionario*/sondagem,
            dar/de a sua opiniao
        """,
    ),
    Ban(
        rule="C31",
        categories="surveillance reporting denunciation",
        what="a report about other people",
        why="neighbours must not be set to watch each other, "
        "so reward mending the thing or let people report it without points",
        words="""
            report/reports/reporting/denounc* ... {person},
            tell/telling/call/calling the police/council/city/authorities ... {person}, complain* about ... {person},
            inform/informing on, inform/informing the council/city/police ... {person}, tip/tipping off, snitch*,
            photograph*/film/filming/photo/picture ... offender*/litterer*/parked/litter/litters,
            licence/license/number plate*, badly/illegally/wrongly parked, neighbourhood/neighborhood watch/patrol*,
            spy/spying, watch/watching your neighbour*/neighbor*, denunci*, delatar/delata, chivarse,
            informar/informa/avisar/avisa de/sobre un/una/tu vecin*/persona, vigilar/vigila/espiar/espia a ... vecin*,
            vigilar/espiar al vecin*, patrulla*/ronda* vecinal*/ciudadan*/ciutadan*/veinal*,
            queja*/quejarse ... vecin*, mal aparcad*/aparcat*/estacionad*,
            informar/informa/avisar/avisa d/de/sobre un/una vei/veina/persona,
            vigilar/vigila/espiar/espia els/als/al/el/un vei/veins, queix* ... vei/veins/vizinh*,
            informar/informe/avisar/avise sobre um/uma/o vizinh*/pessoa,
            vigiar/vigie/espiar/espie o/os/um/uma/seu/seus vizinh*, ronda*/patrulha* de bairro/vizinhanca
        """,
    ),
    Ban(
        rule="C8",
        categories="compliance law-abiding tax fines",
        what="obeying the law or paying what is due",
        why="a duty is not a good deed and keeping a record of it is surveillance, "
        "so reward something people are free not to do",
        words="""
            pay/pays/paying/paid/payment ... tax/taxes/fine/fines/rates/fee/fees/bill/bills/rent/debt/debts,
            tax return*/declaration*,
            without ... fine/fines/penalt*/offence*/offense*/conviction*/sanction*/infraction*, never ... fined,
            no/zero ... fines/penalties/offences/convictions/sanctions, obey* ... law*/rule*,
            respect*/follow*/break* the law*/rules/traffic/speed, comply*/complying with,
            keep/keeping to the law/speed, law abiding, clean driving/criminal/police record*, criminal/police record*,
            penalty points, speeding/traffic/parking ticket*, renew* ... licence/license/permit/passport,
            pagar/paga/pago/pagos/pague/abonar/abona ...
            impuesto*/tasa/tasas/multa*/tributo*/contribucion/ibi/recibo*/alquiler/deuda*/factura*,
            sin/sense/sem ...
            multa/multas/multes/sancion*/sancio*/sancao/sancoes/infracc*/infrac*/antecedent*/delito*/coima*,
            cero/zero/ninguna/cap/nenhuma multa/multas/multes,
            cumplir/cumple/respetar/respeta/obedecer ... ley/leyes/normas/trafico,
            declaracion/declaracio de la renta/renda, antecedentes/antecedents penales/penals,
            al corriente de/del pago/pagos,
            pagar/paga/pagament* ... impost*/taxa/taxes/multes/tribut*/contribucio/rebut*/lloguer/deute*/factures,
            complir/compleix/respectar/respecta/obeir ... llei/lleis/normes/transit,
            pagar/paga/pague/pagamento* ... imposto*/taxas/coima*/imi/iuc/renda/divida*/fatura*/conta/contas,
            cumprir/cumpra/respeitar/respeite/obedecer ... lei/leis/regras/transito, codigo de/da circulacion/estrada,
            codi de circulacio, declaracao de irs/rendimentos, registo criminal
        """,
    ),
    Ban(
        rule="C34",
        categories="donation donations money goods",
        what="giving money or goods",
        why="whoever has more would earn more, so reward the time given, such as helping to sort, "
        "mend or hand things out",
        words="""
            donate/donates/donating, make/making/give/giving a donation, donation to, money/cash/monetary donation*,
            give/giving/send/sending/contribut* money/cash/goods, give/giving some/your money/cash,
            give/giving/contribut*/send/sending ... euro/euros, hand/hands/handing on/over/down ... {goods},
            give/giving away ... {goods},
            give/giving/bring/bringing/drop/dropping/pass/passing ... old/used/unwanted/secondhand/hand {goods},
            sponsor/sponsoring, apadrin* ... euro/euros,
            give/giving/bring/bringing/pass/passing ... old/used/unwanted/secondhand/hand school {goods},
            bring/bringing/leave ... food bank, donar/dona/done ... {bienes}, dar/da dinero/diners/dinheiro,
            aportar/aporta/entregar/contribuir ... dinero/diners/dinheiro/euros, hacer/haz una donacion,
            donativo/donativos, donacion economica/monetaria, donacion de dinero/ropa/libros, donacion a,
            dar/da/entreg*/regal*/ced*/pasar/pasa/passar/passa/lliur*/oferec* ... libros/ropa/juguetes ... {used},
            dar/da/entreg*/regal*/ced*/passar/passa/lliur*/donar ... llibres/roba/joguines ... {used},
            dar/da/entreg*/oferec*/ced*/passar/passe ... livros/manuais/roupa/roupas/brinquedos ... {used},
            fer/fes una donacio/aportacio, donatiu/donatius, donacio economica/monetaria, doar/doa/doe/doando,
            fazer/faca uma doacao
        """,
    ),
    Ban(
        rule="C34",
        categories="purchase purchases shopping",
        what="a purchase",
        why="points are not a loyalty card and spending is no good deed, "
        "so reward what people do and not what they buy",
        words="""
            buy/buys/buying, purchas*, ^shop at/in/local/locally/with, shopping at/in ... shop*/store*/partner*,
            spend/spending ... euro/euros/money, spend/spending ... shop/shops/store/stores,
            partner shop*/store*/bar*/restaurant*, receipt/receipts, comprar/compre/comprando/compreu,
            compra/compras ... tienda*/comercio*/mercado*/producto*/algo, ^compra ... barrio/barri/local/bairro,
            gastar/gasta/gaste ... euro*/dinero/diners/dinheiro/tienda*/botig*/loja*, consumir/consume en/a/em/no/na,
            compra/compres ... botig*/comerc*/mercat*/producte*, compra/compras ... loja*/produto*
        """,
    ),
    Ban(
        rule="C34",
        categories="paid-work job jobs employment",
        what="paid work",
        why="it has been rewarded already, so reward time that nobody pays for",
        words="""
            paid work/job/jobs/shift/shifts/hours/employment/overtime, get/gets/getting paid, overtime,
            day s work at your job, trabajo*/empleo*/jornada* remunerad*/pagad*/asalariad*,
            treball*/feina/feines remunera*/pagat*/pagad*/assalaria*, trabalho*/emprego* remunerad*/pago*/assalariad*
        """,
    ),
    Ban(
        rule="C37",
        categories="municipal-work paid-municipal-work",
        what="replacing paid municipal work",
        why="volunteers must not cost anybody a job, so reward help that adds to what the city's staff do",
        words="""
            replac*/substitut* ... {staff}, instead of ... {staff}, cover*/fill*/stand*/step* for ... {staff},
            fill*/stand*/step* in for ... {staff}, fill*/stand*/step* in for a/the municipal/city/council,
            do/doing the work/job of ... {staff}, work*/act/serve as ... sweeper*/cleaner*/caretaker*/lifeguard*,
            work*/act/serve as ... bus driver*, sustitu*/reemplaz*/suplir/suple ... {personal},
            en lugar/vez de/del ... {personal}, cubrir/cobrir/cobre ... turno*/torn/torns/baja/baixa,
            substitu*/reemplac* ... {personal}, en lloc de/del/dels ... {personal},
            em vez/lugar de/do/dos/da ... {personal}
        """,
    ),
    Ban(
        rule="C5",
        categories="misconduct bad-deed gambling penalty blacklist",
        what="a bad deed or a penalty",
        why="the catalogue only rewards and never punishes, so describe a good deed or leave it out",
        words="""
            gambl*, ^betting, ^quarrel*, quarrel* in public, brawl*, ^shouting, insulting, fighting in public/street*,
            ^littering, drop*/dropping litter, ^vandalis*, ^insult*, jaywalk*, ^drunk*, fare dodg*/evasion,
            lose/losing/deduct*/minus/subtract* ... points, blacklist*, bad deed*, misdeed*, misconduct, misbehav*,
            ^apostar, ^apuestas, juego/juegos de azar, ^rina/rinas/renir, ^pelea/peleas/pelearse, emborrach*,
            jugar ... dinero/diners/dinheiro, discutir/renir/pelear* en publico,
            perder/restar/quitar/descontar/pierde/resta ... puntos, lista negra, mala accion/conducta, malas acciones,
            ^apostes, joc/jocs d atzar, baralla/baralles/barallar*, discutir en public,
            perdre/restar/treure/descomptar/perd ... punts, llista negra, males accions, mala accio, ^incivisme,
            ^apostas, jogo/jogos de azar/fortuna, briga/brigas/brigar, discutir em publico,
            perder/retirar/descontar/tirar/perde ... pontos, ma conduta, mau comportamento
        """,
    ),
)

BENEFIT_BANS = (
    Ban(
        rule="C33",
        categories="cash money points-transfer",
        what="turning points into money or passing them on",
        why="points are neither money nor a gift between persons, so offer a thing to see, do or enjoy",
        words="""
            cash, cashback, ^money, euro/euros en/al/a tu/su/teu/seu/la cuenta/compte, euros na sua/tua conta,
            euros na conta, money to/into/back/paid/transfer*, bank transfer*, paid to/into your/an/the account*,
            exchange*/convert*/sell*/swap* ... points, points into/for money/euros, transfer*/gift*/give ... points,
            paypal, bizum, bitcoin*, crypto*, prepaid/debit card*,
            dinero/diners/dinheiro en/a/na/no/em/vivo/efectivo/efectiu, en efectivo/efectiu, em dinheiro/numerario,
            en metalic/metalico, transferencia* bancaria*, ingreso/abono en ... cuenta, ingres al/en ... compte,
            tarjeta*/targeta/targetes/cartao prepago/monedero/moneder/pre,
            canjear/convertir/converteix/converter/cambiar/canviar/vender/transferir/regalar/bescanviar/vendre/trocar
            ... puntos/punts/pontos, deposito na/em ... conta
        """,
    ),
    Ban(
        rule="C40",
        categories="housing rent",
        what="housing",
        why="a home must never depend on points, so offer an extra that nobody needs to live",
        words="""
            housing, council/social/municipal flat/flats/home/homes/house/houses/apartment*, mortgage*, evict*,
            {less} ~ rent, month s rent, rent voucher*/payment*/free, month*/social/your rent, vivienda/viviendas,
            piso/pisos social*/municipal*, hipotec*, {less} ~ alquiler/lloguer/aluguer,
            alquiler/lloguer/aluguer/renda/arrendamento social/asequible/assequible/acessivel, {less} ~ arrendamento,
            alquiler/lloguer/aluguer de/d/del/da/do piso/pis/casa/habitatge/vivienda/apartamento,
            mes/mesos/meses/mensualidad de alquiler/lloguer/renda/aluguer, habitatge/habitatges, pis/pisos social*,
            habitacao/habitacoes, {less} ~ renda da casa, renda de/da casa, casa* de renda, desahuci*, desnonament*
        """,
    ),
    Ban(
        rule="C40",
        categories="education school",
        what="school or education",
        why="a place to learn must never depend on points, so offer an extra that nobody needs to learn",
        words="""
            school/nursery/kindergarten/university/college/daycare
            place/places/admission*/enrolment/enrollment/fee/fees/meal/meals,
            place/places/priority/admission/enrolment/enrollment at/in/for ...
            school*/nursery/kindergarten/university/college, priority enrolment/enrollment, tuition, scholarship*,
            exam fee*/mark*, plaza*/prioridad*/admision/matricula/puntos escolar*,
            plaza*/prioridad/admision/matricula/puntos ... en/para ... colegio/escuela/instituto/guarderia/universidad,
            guarderia/guarderias, comedor escolar, beca/becas, placa/places/prioritat/matricula escolar*,
            placa/prioritat/matricula/admissio ... a/en/per ... escola/institut/universitat/bressol/infants,
            escola bressol, llar d infants, menjador escolar, beques, vaga*/prioridade/matricula escolar*,
            vaga*/prioridade/matricula ... na/em/no/a/para ... escola/creche/universidade/jardim, creche/creches,
            propinas, bolsa* de estudo*, cantina escolar
        """,
    ),
    Ban(
        rule="C40",
        categories="health healthcare insurance",
        what="health care",
        why="care must go by need and never by points, so offer an extra that nobody needs to be well",
        words="""
            health/medical/dental/sickness insurance*/care/cover*/treatment*/appointment*/check*/plan*, healthcare,
            insurance premium*, {less} ~ insurance,
            {less} ~
            medicine/medicines/medication/prescription*/dentist*/doctor/doctors/surgery/hospital/pharmacy/physiotherapy,
            doctor s appointment*, gp appointment*, waiting list*,
            seguro*/asseguranca*/seguranca* medic*/salud/salut/saude, seguro de salud/saude, asseguranca de salut,
            mutua medica/sanitaria,
            {less} ~ seguro/seguros/asseguranca/medicamento*/medicina*/medicament*/dentista*/farmacia*/hospital*,
            cita/visita/consulta medica/dental/medico/medic, medicine*/medication at/for/discount*,
            consulta do dentista, lista/llista de espera/d espera, tratamiento*/tractament*/tratamento* medic*/dental*,
            prima del seguro, copago*, copagament*, taxa moderadora
        """,
    ),
    Ban(
        rule="C40",
        categories="welfare social-services",
        what="welfare",
        why="help in need is a right and never a reward, so offer an extra that nobody depends on",
        words="""
            welfare, social benefit*/aid/assistance/security/service*/support, unemployment, {less} ~ pension/pensions,
            pension supplement*/top, complement* de pensio/pension/pensiones/pensions/pensao,
            higher/extra pension/pensions, child benefit, minimum income, food bank*/parcel*/stamp*,
            ayuda*/ajut*/ajuda*/apoio* social*/sociales/socials/sociais, subsidio/subsidios/subsidi/subsidis,
            prestacion/prestaciones/prestacio/prestacions/prestacao/prestacoes, renta/renda/rendimento minim*,
            renda garantida, servicios/serveis/servicos sociales/socials/sociais, bienestar/benestar/bem social,
            seguridad/seguretat/seguranca social, banco de alimentos, banc d aliments, banco alimentar, teleasistencia,
            teleassistencia, {less} ~ pensiones/pensio/pensions/pensao/pensoes
        """,
    ),
    Ban(
        rule="C40",
        categories="utilities energy water",
        what="water, energy or another utility",
        why="light, water and warmth must never depend on points, so offer an extra that nobody needs to live",
        words="""
            heating/electric*/water/gas/energy/power/internet/phone/utility/utilities
            bill/bills/charge*/cost*/supply/tariff*/rate*, utility, utilities, internet at home, internet en/em/a casa,
            {less} ~ heating/electricity, cheap*/low*/free/reduced water/gas/energy,
            agua/gas/energia mas/mes/mais barat*, aigua mes barata, {less} ~ bill/bills,
            factura*/recibo*/rebut*/fatura*/conta/contas ...
            luz/agua/gas/electric*/calefac*/energia/llum/aigua/eletric*/aquecimento/internet, bono social, bo social,
            tarifa social, {less} ~ calefaccion/calefaccio/aquecimento/electricidad/electricitat/eletricidade,
            {less} ~ factura/fatura
        """,
    ),
    Ban(
        rule="C40",
        categories="jobs job employment",
        what="a job",
        why="work must go to whoever fits it and never by points, so offer an extra outside working life",
        words="""
            job/jobs at/in/with the/a, job interview*/offer*/application*/place*/vacanc*/guarantee*, {less} ~ job/jobs,
            municipal/council/city/public job/jobs/post/employment, employment, internship*, empleo/empleos,
            oposicion/oposiciones, puesto* de trabajo, contrato* de trabajo/laboral,
            oferta*/entrevista* de trabajo/feina/treball, lloc/llocs de treball, feina municipal/publica,
            contracte de treball, oposicions, ocupacio publica, emprego/empregos, vaga* de emprego/trabalho,
            posto* de trabalho, concurso publico
        """,
    ),
    Ban(
        rule="C40",
        categories="permits permit visa licences",
        what="a permit or a faster public procedure",
        why="a public duty treats everybody alike and in turn, so offer an extra that no office decides on",
        words="""
            permit/permits, licence/licences/license/licenses, visa/visas, passport/passports, residence card*,
            id card*, planning permission*, {less} ~ processing/procedure*/paperwork, {less} ~ appointment*,
            fast track*, citizenship, skip/jump the queue at ... hall/office*/council, driving test*/licence*,
            carta de conducao, carne/carnet de conducir/conduir, permiso/permisos, licencia/licencias,
            pasaporte/pasaportes, visado/visados, tramitacion*, {less} ~ tramite/tramites/tramit/tramits/tramites,
            cita previa/prioritaria, cola/cua/fila preferente/prioritaria, permis, llicencia/llicencies,
            passaport/passaports, visat/visats, tramitacio*, licenca/licencas, passaporte/passaportes,
            autorizacao/autorizacoes, tramitacao, visto* de residencia/gold
        """,
    ),
    Ban(
        rule="C40",
        categories="fines fine",
        what="a fine",
        why="the law treats everybody alike and nobody buys a way out of it, so offer an extra instead",
        words="""
            waive*/cancel*/forgiv*/pay*/reduc*/remov*/discount*/lower*/off ... fine/fines,
            traffic/parking/police/speeding/library/late fine/fines,
            fine/fines waive*/waiver*/reduc*/relief/amnest*/discount*, fines, speeding/parking/traffic ticket*,
            penalty notice*/charge*/points, multa/multas/multes, sancion/sanciones/sancio/sancions/sancao/sancoes,
            coima/coimas, contraordenac*
        """,
    ),
    Ban(
        rule="C40",
        categories="tax taxes fees fee parking",
        what="a tax or a fee",
        why="what is due to the city is the same for all, so offer an extra that carries no public charge",
        words="""
            tax/taxes/taxation, {less} ~ rates,
            municipal/administrative/registration/court/late/waste/garbage/licence/council/city
            fee/fees/charge/charges, {less} ~ fee/fees, parking, toll/tolls, stamp duty, impuesto/impuestos,
            tasa/tasas, tributo*/contribucion municipal*/urbana, {less} ~ ibi/imi/iuc/irs/iptu,
            aparcamiento/aparcamientos, estacionamiento*, zona azul/blava/verde, parquimetro*, peaje*,
            recibo* de basura*, impost/impostos, taxa/taxes/taxas, tribut municipal, aparcament/aparcaments,
            estacionament/estacionaments, parquimetre*, peatge*, imposto/impostos, estacionamento/estacionamentos,
            portagem/portagens
        """,
    ),
    Ban(
        rule="C40",
        categories="alcohol drinks",
        what="alcohol",
        why="the city does not reward with what harms, so offer a coffee, a juice or something else to enjoy",
        words="""
            beer/beers, wine/wines, alcohol*, whisky/whiskey, gin, rum, vodka, cocktail*, champagne, prosecco, cider,
            sangria, vermouth, liqueur*, liquor*, brewery/breweries, a pint at/in, pint/pints of ale/lager/stout,
            cerveza/cervezas, cerveceria*, vino/vinos, licor/licores, sidra, vermut/vermuts, aguardiente, cava/cavas,
            cana/canya/canyes/canas y/con/i tapa*, cervesa/cerveses, copa/ampolla/tast/got/botella/botellas de vi/vins,
            vi negre/blanc/rosat, vins, licors, ratafia, cerveja/cervejas, vinho/vinhos, aguardente, alcool*, ginja,
            ginjinha
        """,
    ),
    Ban(
        rule="C40",
        categories="tobacco smoking",
        what="tobacco",
        why="the city does not reward with what harms, so offer something else to enjoy",
        words="""
            tobacco, cigarette*, cigar/cigars, vape*/vaping, shisha, e cig*, tabaco/tabacos, tabac/tabacs, cigarr*,
            cigarret*, vapeador*/vaper/vapers
        """,
    ),
    Ban(
        rule="C40",
        categories="gambling lottery betting",
        what="gambling",
        why="a benefit is certain and the city does not reward with games of chance, so offer the thing itself",
        words="""
            gambl*, lotter*, raffle*, scratch card*, scratchcard*, bingo, bet/bets/betting, slot machine*, poker,
            sweepstake*, prize draw*, casino chip*/token*/credit*/entry/voucher*/night,
            entrada/noche/nit/noite al/del/de/no casino, loteria*, rifa/rifas, sorteo/sorteos,
            apuesta/apuestas ... deportiv*, casa* de apuestas, quiniela*,
            juego/juegos/joc/jocs/jogo/jogos de/d azar/atzar/fortuna, rasca y gana, sorteig/sortejos,
            aposta/apostes esportiv*, apostes, lotaria*, sorteio/sorteios, raspadinha*, apostas
        """,
    ),
)
