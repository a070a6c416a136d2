package aadsts

import (
	"slices"
	"testing"
)

// blocks are pages that stop somebody, without a code, in the languages of the
// pages: written as a person would paste them, before looking at what is read.
var blocks = []textCase{
	{"block de 1", "Microsoft\nAnmelden\nIhr Administrator hat diese App blockiert.\nWenden Sie sich an Ihren Administrator, um mehr zu erfahren.", AppDisabled, TenantAdmin},
	{"block de 2", "Leider können Sie sich nicht anmelden. Ihr Konto wurde gesperrt. Bitte wenden Sie sich an den Support.", AccountDisabled, TenantAdmin},
	{"block de 3", "Ihre Anforderung wurde abgelehnt. Begründung: wird nicht benötigt. Microsoft Entra ID", AdminConsentNeeded, TenantAdmin},
	{"block de 4", "Ein Administrator von Contoso hat eine Richtlinie festgelegt, die Sie daran hindert, Calendar Bridge die angeforderten Berechtigungen zu erteilen.", UserConsentOff, TenantAdmin},
	{"block de 5", "Diese App ist möglicherweise riskant. Wenn Sie dieser App vertrauen, bitten Sie Ihren Administrator, Ihnen Zugriff zu erteilen.", RiskyApp, TenantAdmin},
	{"block de 6", "Es wurde kein Konto mit diesem Benutzernamen gefunden. Geben Sie einen anderen Kontonamen ein.", WrongTenant, User},
	{"block de 7", "Die Anmeldung mit Gerätecode ist nicht zulässig", DeviceCodeBlocked, TenantAdmin},
	{"block de 8", "Das ausgewählte Benutzerkonto ist im Mandanten nicht vorhanden und kann nicht auf die Anwendung zugreifen. Das Konto muss zuerst als externer Benutzer im Mandanten hinzugefügt werden.", WrongTenant, User},
	{"block de 9", "Ihr Kennwort ist abgelaufen. Ändern Sie es jetzt.", ExpiredToken, User},
	{"block de 10", "Der Dienst ist vorübergehend nicht verfügbar. Versuchen Sie es später noch einmal.", Transient, Microsoft},
	{"block de 11", "Ihr Netzwerkadministrator erlaubt nur bestimmte Organisationen (Mandanteneinschränkungen).", TenantBlocked, TenantAdmin},
	{"block de 12", "Die Anwendung mit dem Bezeichner 'x' wurde im Verzeichnis nicht gefunden.", AppNotInTenant, AppVendor},
	{"block fr 1", "Connexion\nVotre administrateur a bloqué cette application.\nContactez-le pour plus d'informations.", AppDisabled, TenantAdmin},
	{"block fr 2", "Votre compte a été verrouillé. Contactez la personne chargée du support pour le déverrouiller.", AccountDisabled, TenantAdmin},
	{"block fr 3", "Désolé, votre demande a été refusée par l'équipe informatique. Office 365", AdminConsentNeeded, TenantAdmin},
	{"block fr 4", "Un administrateur de Contoso a défini une stratégie qui vous empêche d’octroyer à Calendar Bridge les autorisations qu’elle demande.", UserConsentOff, TenantAdmin},
	{"block fr 5", "L'application avec l'identificateur 'x' est introuvable dans l'annuaire 'Contoso'.", AppNotInTenant, AppVendor},
	{"block fr 6", "Le service est temporairement indisponible.", Transient, Microsoft},
	{"block fr 7", "Votre session a expiré, veuillez vous reconnecter.", ExpiredToken, User},
	{"block fr 8", "L'utilisateur ou l'administrateur n'a pas consenti à utiliser l'application avec l'ID 'x'.", ConsentMissing, TenantAdmin},
	{"block fr 9", "Votre demande a été approuvée : Calendar Bridge", NoneSuccess, User},
	{"block fr 10", "L'accès est bloqué par l'organisation. Le service informatique de Contoso limite les organisations auxquelles vous pouvez accéder.", TenantBlocked, TenantAdmin},
	{"block es 1", "Iniciar sesión\nEl administrador ha bloqueado esta aplicación. Póngase en contacto con él.", AppDisabled, TenantAdmin},
	{"block es 2", "Solicitud de aprobación enviada", RequestPending, TenantAdmin},
	{"block es 3", "Su cuenta se ha bloqueado. Póngase en contacto con el departamento de soporte.", AccountDisabled, TenantAdmin},
	{"block es 4", "La cuenta de usuario no existe en el inquilino Contoso y no puede acceder a la aplicación. La cuenta debe agregarse primero como usuario externo en el inquilino.", WrongTenant, User},
	{"block es 5", "Calendar Bridge solicita uno o varios permisos que no está autorizado para conceder.", UserConsentOff, TenantAdmin},
	{"block es 6", "AADSTS: aplicación mal configurada. Esto puede deberse a uno de los siguientes motivos", ConsentMissing, TenantAdmin},
	{"block es 7", "El usuario o el administrador no ha dado su consentimiento para usar la aplicación", ConsentMissing, TenantAdmin},
	{"block es 8", "Esta aplicación puede suponer un riesgo. Si confía en ella, pida acceso al administrador.", RiskyApp, TenantAdmin},
	{"block es 9", "Privilegios insuficientes para completar la operación.", GraphPermissionMissing, TenantAdmin},
	{"block es 10", "El token ha expirado, vuelva a conectarse", ExpiredToken, User},
	{"block nl 1", "Aanmelden\nDeze app is geblokkeerd door uw beheerder.", AppDisabled, TenantAdmin},
	{"block nl 2", "Uw account is vergrendeld. Neem contact op met de helpdesk.", AccountDisabled, TenantAdmin},
	{"block nl 3", "Gebruikersaccount 'x' van id-provider bestaat niet in tenant 'Contoso' en heeft geen toegang tot de toepassing.", WrongTenant, User},
	{"block nl 4", "Goedkeuringsaanvraag verzonden. U krijgt bericht zodra de beheerder antwoordt.", RequestPending, TenantAdmin},
	{"block nl 5", "Helaas, uw aanvraag is afgewezen. Microsoft 365", AdminConsentNeeded, TenantAdmin},
	{"block nl 6", "Je sessie is verlopen. Meld je opnieuw aan.", ExpiredToken, User},
	{"block nl 7", "U gebruikt een netwerk met tenantbeperkingen.", TenantBlocked, TenantAdmin},
	{"block nl 8", "De gebruiker of beheerder heeft geen toestemming gegeven voor het gebruik van de toepassing met id 'x'.", ConsentMissing, TenantAdmin},
	{"block nl 9", "Er is een tijdelijke fout opgetreden.", Transient, Microsoft},
	{"block ja 1", "サインイン\nこのアプリは管理者によってブロックされています。", AppDisabled, TenantAdmin},
	{"block ja 2", "お使いのアカウントはロックされています。", AccountDisabled, TenantAdmin},
	{"block ja 3", "要求は拒否されました。Microsoft Entra", AdminConsentNeeded, TenantAdmin},
	{"block ja 4", "Contoso の管理者が、Calendar Bridge に要求されているアクセス許可を付与できないようにするポリシーを設定しました。", UserConsentOff, TenantAdmin},
	{"block ja 5", "このアクセス許可を付与できるのは管理者のみです。", AdminConsentNeeded, TenantAdmin},
	{"block ja 6", "ユーザー アカウントはテナントに存在しません", WrongTenant, User},
	{"block ja 7", "セッションの有効期限が切れました。もう一度サインインしてください。", ExpiredToken, User},
	{"block ja 8", "テナント制限により、この組織にはアクセスできません。", TenantBlocked, TenantAdmin},
	{"block ja 9", "要求が承認されました", NoneSuccess, User},
	{"block ja 10", "操作を完了するのに十分な特権がありません。", GraphPermissionMissing, TenantAdmin},
	{"block pt 1", "Entrar\nO administrador bloqueou este aplicativo.", AppDisabled, TenantAdmin},
	{"block pt 2", "Sua conta foi bloqueada. Entre em contato com o suporte.", AccountDisabled, TenantAdmin},
	{"block pt 3", "Um administrador do Contoso definiu uma política que impede que você conceda ao Calendar Bridge as permissões solicitadas.", UserConsentOff, TenantAdmin},
	{"block pt 4", "Sua solicitação foi negada pelo administrador. Azure AD", AdminConsentNeeded, TenantAdmin},
	{"block pt 5", "O aplicativo com o identificador 'x' não foi encontrado no diretório 'Contoso'.", AppNotInTenant, AppVendor},
	{"block pt 6", "A conta não existe no locatário e não pode acessar o aplicativo", WrongTenant, User},
	{"block pt 7", "Sua senha expirou", ExpiredToken, User},
	{"block pt 8", "O usuário ou administrador não consentiu em usar o aplicativo", ConsentMissing, TenantAdmin},
	{"block pt 9", "Serviço temporariamente indisponível", Transient, Microsoft},
	{"block it 1", "Accedi\nL'amministratore ha bloccato questa app.", AppDisabled, TenantAdmin},
	{"block it 2", "Il tuo account è stato bloccato. Contatta il supporto.", AccountDisabled, TenantAdmin},
	{"block it 3", "Un amministratore di Contoso ha configurato criteri che impediscono di concedere a Calendar Bridge le autorizzazioni che richiede.", UserConsentOff, TenantAdmin},
	{"block it 4", "La richiesta è stata rifiutata. Microsoft 365", AdminConsentNeeded, TenantAdmin},
	{"block it 5", "L'account utente non esiste nel tenant e non può accedere all'applicazione.", WrongTenant, User},
	{"block it 6", "Questa app potrebbe essere rischiosa.", RiskyApp, TenantAdmin},
	{"block it 7", "La sessione è scaduta, accedi di nuovo", ExpiredToken, User},
	{"block it 8", "Le restrizioni del tenant impediscono l'accesso", TenantBlocked, TenantAdmin},
	{"block it 9", "Richiesta di approvazione inviata", RequestPending, TenantAdmin},
	{"block pl 1", "Logowanie\nAdministrator zablokował tę aplikację.", AppDisabled, TenantAdmin},
	{"block pl 2", "Twoje konto zostało zablokowane. Skontaktuj się z pomocą techniczną.", AccountDisabled, TenantAdmin},
	{"block pl 3", "Administrator Contoso ustawił zasadę, która uniemożliwia udzielanie aplikacji żądanych uprawnień.", UserConsentOff, TenantAdmin},
	{"block pl 4", "Twoje żądanie zostało odrzucone. Microsoft Entra", AdminConsentNeeded, TenantAdmin},
	{"block pl 5", "Aplikacja nie została znaleziona w katalogu 'Contoso'.", AppNotInTenant, AppVendor},
	{"block pl 6", "Twoja sesja wygasła", ExpiredToken, User},
	{"block pl 7", "Użytkownik nie jest przypisany do roli aplikacji", AssignmentRequired, TenantAdmin},
	{"block pl 8", "Konto nie istnieje w dzierżawie Contoso", WrongTenant, User},
	{"block pl 9", "Wysłano prośbę o zatwierdzenie", RequestPending, TenantAdmin},
	{"block sv 1", "Logga in\nDin administratör har blockerat den här appen.", AppDisabled, TenantAdmin},
	{"block sv 2", "Ditt konto har låsts. Kontakta supporten.", AccountDisabled, TenantAdmin},
	{"block sv 3", "En administratör för Contoso har angett en princip som hindrar dig från att bevilja Calendar Bridge de behörigheter som begärs.", UserConsentOff, TenantAdmin},
	{"block sv 4", "Din begäran har avslagits. Office 365", AdminConsentNeeded, TenantAdmin},
	{"block sv 5", "Användarkontot finns inte i klientorganisationen Contoso", WrongTenant, User},
	{"block sv 6", "Din session har upphört att gälla", ExpiredToken, User},
	{"block sv 7", "Tjänsten är tillfälligt otillgänglig", Transient, Microsoft},
	{"block sv 8", "Begäran om godkännande har skickats", RequestPending, TenantAdmin},
	{"block sv 9", "Programmet hittades inte i katalogen", AppNotInTenant, AppVendor},
}

// TestWallsInTenLanguages holds that every wall that is known in English is in
// the nine others, and that what no page is known to say is less sure.
func TestWallsInTenLanguages(t *testing.T) {
	t.Parallel()
	have := map[wall]lang{}
	for _, list := range [][]wording{negations, wordings, published, ours} {
		for _, w := range list {
			have[w.wall] |= w.lang
		}
	}
	for x := wallAdmin; x < wallMicrosoft; x++ {
		// "Request sent" alone is in other languages what their pages say, and wallSent.
		if walls[x].class == "" || x == wallForeign || x == wallElsewhere || x == wallSentMaybe {
			continue
		}
		for i, name := range langNames {
			if have[x]&(1<<i) == 0 {
				t.Errorf("wall %d (%s) is not known in %s", x, walls[x].class, name)
			}
		}
	}
	for _, w := range ours {
		for _, text := range w.texts {
			a := Parse(text)
			if class := walls[w.wall].class; class != "" && (a.Class != class || a.Sure != Low) {
				t.Errorf("%q: %s, %s; want %s, low", text, a.Class, a.Sure, class)
			}
		}
	}
	for _, w := range published {
		for _, text := range w.texts {
			if a := Parse(text); a.Class != walls[w.wall].class || a.Sure != Medium || !slices.Contains(langNames[:], a.Language) {
				t.Errorf("%q: %s, %s, %q", text, a.Class, a.Sure, a.Language)
			}
		}
	}
}
