package aadsts

// house: a table

// wallHeadings are what the walls are headed with, before the name of the app.
// All but the English ones are of wordings.
var wallHeadings = []string{
	"need admin approval", "needs admin approval", "approval required", "admin approval required",
	"Administratorgenehmigung erforderlich", "Administratorzustimmung erforderlich", "Genehmigung durch Administrator erforderlich", "Genehmigung erforderlich",
	"Approbation administrateur requise", "Approbation de l'administrateur requise", "Approbation d'un administrateur requise", "Nécessite l'approbation de l'administrateur", "Approbation requise",
	"Se necesita la aprobación del administrador", "Necesita la aprobación del administrador", "Se requiere la aprobación del administrador", "Aprobación necesaria", "Se requiere aprobación",
	"Goedkeuring van beheerder vereist", "Goedkeuring van beheerder nodig", "Goedkeuring van de beheerder vereist", "Goedkeuring vereist",
	"管理者の承認が必要です", "管理者の承認が必要", "承認が必要です",
	"Precisa de aprovação do administrador", "Precisa da aprovação do administrador", "É necessária a aprovação do administrador", "Aprovação do administrador necessária", "Aprovação necessária",
	"È necessaria l'approvazione dell'amministratore", "Approvazione amministratore richiesta", "Approvazione dell'amministratore necessaria", "Approvazione richiesta", "Approvazione necessaria",
	"Wymagana zgoda administratora", "Wymagane zatwierdzenie administratora", "Wymagane zatwierdzenie przez administratora", "Wymagane zatwierdzenie",
	"Administratörsgodkännande krävs", "Godkännande från administratör krävs", "Administratörens godkännande krävs", "Godkännande krävs",
}

// wallSentences are what the walls say behind the name of the app [K but for the
// English ones; the Spanish, Japanese and Italian of the first kind: PUB].
var wallSentences = squeezed(
	"needs permission to access resources", "that only an admin can grant",
	"die nur ein Administrator erteilen kann", "die nur ein Administrator gewähren kann",
	"que seul un administrateur peut accorder",
	"que solo un administrador puede conceder", "que solo puede conceder un administrador",
	"die alleen een beheerder kan verlenen",
	"管理者のみが付与できる", "管理者だけが許可できる", "管理者のみが許可できる",
	"que somente um administrador pode conceder", "que apenas um administrador pode conceder",
	"che solo un amministratore può concedere",
	"które może przyznać tylko administrator", "których może udzielić tylko administrator",
	"som bara en administratör kan bevilja", "som endast en administratör kan bevilja",
)

// formSentences are what the request form says below the name of the app, which
// it does not say twice [K but for the English one].
var formSentences = squeezed(
	"requires your admin's approval",
	"erfordert die Genehmigung Ihres Administrators",
	"nécessite l'approbation de votre administrateur",
	"requiere la aprobación de su administrador",
	"requiere la aprobación del administrador",
	"vereist goedkeuring van uw beheerder",
	"vereist de goedkeuring van uw beheerder",
	"requer a aprovação do administrador",
	"requer a aprovação do seu administrador",
	"richiede l'approvazione dell'amministratore",
	"wymaga zatwierdzenia przez administratora",
	"kräver administratörens godkännande",
	"kräver godkännande från din administratör",
)

// looseForms are the same in words that other services have as well.
var looseForms = squeezed("管理者の承認が必要です")

// nameSentences are the sentences of 90093 and 65005 that have the app's name in them,
// by what stands before and behind it. The ones in other languages are those of
// Microsoft's own pages, as in wordings_more.go.
var nameSentences = [][2]string{
	{"prevents you from granting ", " the permissions"},
	{"die Sie daran hindert, ", " die angeforderten Berechtigungen"},
	{"die Sie daran hindert, ", " die von "},
	{"qui vous empêche d'octroyer à ", " les autorisations"},
	{"qui vous empêche d’octroyer à ", " les autorisations"},
	{"qui vous empêche d'accorder à ", " les autorisations"},
	{"que le impide conceder a ", " los permisos"},
	{"que impide que conceda a ", " los permisos"},
	{"que você conceda ao ", " as permissões"},
	{"que você conceda a ", " as permissões"},
	{"impediscono di concedere a ", " le autorizzazioni"},
	{"hindrar dig från att bevilja ", " de behörigheter"},
	{"管理者が、", "に要求されている"},
	{"The application '", "' asked for scope"},
	{"The application '", "' asked for permission"},
	{"Application '", "' asked for scope"},
}
