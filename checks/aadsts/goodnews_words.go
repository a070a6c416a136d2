package aadsts

// house: a table

// turns are words before which a clause ends [K].
var turns = []string{
	" but ", " however ", " although ", " aber ", " doch ", " trotzdem ", " mais ", " pourtant ", " pero ", " sin embargo ", " maar ", " toch ", " mas ", " porém ",
	" ma ", " però ", " tuttavia ", " ale ", " jednak ", " men ", " ändå ", " so you ", " and you ", "のに", "ですが", "ましたが",
}

// adminStems are what the words for admins begin with.
var adminStems = []string{"admin", "beheerder", "amministrat", "it"}

// doneJapanese say that it was done.
var doneJapanese = []string{
	"承認しました", "承認されました", "承認してくれました", "承認済みです", "同意しました", "同意されました", "許可しました", "許可されました", "付与しました", "付与されました", "同意を与えました",
}

// newsWords are such words of the other nine languages [K].
var newsWords = []news{
	{ // English
		done: "approved granted consented allowed authorized authorised", alone: "approved granted consented allowed authorized authorised",
		given: "given gave", what: "consent approval permission permissions access okay ok",
		aux:   "has have had was were been",
		never: "not never no nobody none neither nor without hasn haven wasn weren isn didn doesn don once until till after when whenever if unless before whether who which that only soon wait waiting did could should would another",
		to:    "to be must needs need should can cannot will may", after: "app apps application applications list only",
	},
	{ // German
		done: "genehmigt freigegeben erlaubt zugelassen zugestimmt eingewilligt", given: "erteilt gegeben", what: "zustimmung genehmigung einwilligung erlaubnis freigabe berechtigung berechtigungen",
		aux:   "hat haben hatte wurde wurden ist sind",
		never: "nicht nie niemand kein keine keiner keinen ohne noch sobald wenn falls bis bevor nachdem ob erst nur muss müssen soll sollte darf kann könnte wird werden andere",
		after: "werden sein hat haben wird wurde ist",
	},
	{ // French
		done: "approuvé approuvée approuvés approuvées accordé accordée autorisé autorisée validé validée consenti", given: "donné accordé accordée", what: "accord consentement autorisation approbation permission",
		aux:   "a ont été est sont avait",
		never: "pas jamais aucun aucune personne sans dès lorsque quand après si fois avant jusqu tant seul seule doit doivent peut faut devra autre",
		to:    "être",
	},
	{ // Spanish
		done: "aprobado aprobada aprobados concedido concedida autorizado autorizada permitido consentido", alone: "aprobó concedió autorizó permitió",
		given: "dio dado concedió concedido", what: "consentimiento permiso permisos aprobación autorización",
		aux:   "ha han fue fueron sido está",
		never: "no nunca nadie ningún ninguna sin cuando si vez después hasta antes tras haya aún todavía solo sólo debe deben tiene puede otra",
		to:    "ser",
	},
	{ // Dutch
		done: "goedgekeurd toegestaan verleend", given: "gegeven verleend", what: "toestemming goedkeuring akkoord machtiging",
		aux:   "heeft hebben had is zijn werd werden",
		never: "niet nooit niemand geen zonder nog zodra als wanneer nadat totdat tot voordat indien moet moeten kan mag alleen andere",
		after: "worden zijn heeft hebben is",
	},
	{ // Portuguese
		done: "aprovado aprovada concedido concedida autorizado autorizada permitido", alone: "aprovou concedeu autorizou permitiu",
		given: "deu dado", what: "consentimento aprovação permissão autorização",
		aux:   "foi foram tinha está já",
		never: "não nunca ninguém nenhum nenhuma sem quando se depois após até antes assim logo só somente deve devem precisa tem pode outro",
		to:    "ser",
	},
	{ // Italian
		done: "approvato approvata approvati concesso concessa autorizzato autorizzata consentito acconsentito", given: "dato concesso", what: "consenso approvazione autorizzazione permesso",
		aux:   "ha hanno è stato stata sono",
		never: "non mai nessun nessuno nessuna senza quando se dopo appena finché fino prima avrà solo deve devono può altra",
		to:    "essere",
	},
	{ // Polish
		done: "zatwierdzona zatwierdzony zatwierdzone zaakceptowana zaakceptowany", alone: "zatwierdził zatwierdziła zatwierdzili zaakceptował zaakceptowała",
		given: "wyraził wyraziła udzielił udzieliła udzielono", what: "zgodę zgody uprawnień uprawnienia zezwolenia",
		aux:   "została został zostało jest są",
		never: "nie nikt żaden żadna bez gdy kiedy jeśli jeżeli po aż dopiero dopóki zanim tylko musi muszą może powinien powinna inną",
		to:    "zostać być",
	},
	{ // Swedish
		done: "godkänt godkänts godkänd godkända beviljat beviljats tillåtit medgett", alone: "godkände beviljade", given: "gett givit gav", what: "samtycke medgivande godkännande tillstånd behörighet",
		aux:   "har hade blev blivit är",
		never: "inte aldrig ingen inga utan när om efter innan tills fort bara endast måste ska bör kan annan",
		to:    "bli vara",
	},
}

// stillWords and stopWords together say that the wall still comes [K].
var (
	stillWords = []string{
		"still", "again", "nevertheless", "anyway", "not work", "n't work", "trotzdem", "immer noch", "weiterhin", "dennoch", "noch immer", "encore", "toujours", "quand même",
		"todavía", "aún", "sigo", "sigue", "nog steeds", "nog altijd", "toch", "ainda", "continua", "continuo", "ancora", "tuttavia", "nadal", "wciąż", "ciągle", "fortfarande", "ändå", "まだ", "それでも", "相変わらず",
	}
	stopWords = []string{
		"see", "get ", "getting", "seeing", "block", "says", "asks", "asking", "shows", "appears", "comes", "error", "wall", "page", "message", "stuck", "can't", "cannot", "refuse",
		"sehe", "bekomme", "kommt", "blockiert", "gesperrt", "steht", "meldung", "fehler", "zeigt", "erscheint", "vois", "reçois", "bloqu", "affiche", "message", "erreur", "demande", "apparaît",
		"veo", "viendo", "sale", "muestra", "mensaje", "aparece", "pide", "zie ", "krijg", "geblokkeerd", "melding", "fout", "toont", "vejo", "vendo", "mostra", "mensagem", "erro", "pede",
		"vedo", "appare", "bloccat", "messaggio", "errore", "chiede", "widzę", "pojawia", "zablokowan", "pokazuje", "komunikat", "błąd", "prosi", "ser ", "får ", "blockera", "visar", "meddelande", "frågar",
		"表示", "出ます", "出る", "ブロック", "エラー", "求め",
	}
)
