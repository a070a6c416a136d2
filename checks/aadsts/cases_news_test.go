package aadsts

import "testing"

// house: a table

// newsTexts are texts that say of an admin's approval that it is there, and ones in nearly
// the same words that say that it is not, not yet, or in vain. What each means was
// written down before it was read by the code.
var newsTexts = []struct {
	text string
	wall bool
}{
	{"The admin has approved the app. You need to restart.", false},
	{"Your admin approved the app; you only need to sign in again.", false},
	{"The administrator has granted consent. You must restart Outlook.", false},
	{"IT has approved the app, no more is required from you. The admin says restart.", false},
	{"Our admin already approved Hetk, you just need to reconnect the calendar.", false},
	{"The app was approved by the admin. You need to sign out once.", false},
	{"The app has been approved by your administrator and only a restart is needed.", false},
	{"Admin consent has been granted. Users need to sign in again.", false},
	{"Admin consent was granted, users must accept nothing.", false},
	{"The admin has given consent for the app; you need to reload the page.", false},
	{"The admin has allowed the app. It requires a restart.", false},
	{"An administrator granted the permissions, so you only need to try again.", false},
	{"Good news: the admin has now approved it. Contact your vendor if you need more.", false},
	{"The admin has not approved the app.", true},
	{"Your admin hasn't approved this app yet; you need to wait.", true},
	{"Once the admin has approved the app, you need to restart.", true},
	{"After your admin has approved the app you need to sign in again.", true},
	{"The app must be approved by an admin.", true},
	{"The app needs to be approved by your administrator before you can use it.", true},
	{"The admin has approved the request but I still see Need admin approval", true},
	{"The admin has approved the app but I still get \"Need admin approval\".", true},
	{"Admin approved it, and still: approval required. Needs admin approval.", true},
	{"Until the admin has approved the app you need to wait.", true},
	{"You need to wait until an admin has approved this app", true},
	{"If the admin has approved the app you need to restart; if not, ask an admin to approve.", true},
	{"No admin has approved this app. Approval is required.", true},
	{"Only apps that an admin has approved are allowed; you need approval from an admin.", true},
	{"The admin approved another app; this one still needs admin approval.", true},
	{"It needs an admin who has approved it", true},
	{"Der Administrator hat die App genehmigt. Sie müssen nur neu starten.", false},
	{"Die App wurde vom Administrator genehmigt, es ist nur ein Neustart nötig.", false},
	{"Der Admin hat die Zustimmung erteilt. Sie müssen sich neu anmelden.", false},
	{"Unser Administrator hat die App freigegeben, bitte nur ein Neustart.", false},
	{"Die Zustimmung des Administrators wurde erteilt, ein Neustart ist erforderlich.", false},
	{"Der Administrator hat die App nicht genehmigt.", true},
	{"Der Administrator muss die App genehmigen.", true},
	{"Sobald der Administrator die App genehmigt hat, müssen Sie neu starten.", true},
	{"Die App muss vom Administrator genehmigt werden.", true},
	{"Der Administrator hat die App genehmigt, trotzdem kommt: Administratorgenehmigung erforderlich", true},
	{"L'administrateur a approuvé l'application. Il faut redémarrer.", false},
	{"L'application a été approuvée par l'administrateur, un redémarrage est nécessaire.", false},
	{"L'administrateur a donné son accord : il faut seulement se reconnecter.", false},
	{"L'administrateur a accordé l'autorisation, vous avez besoin de redémarrer.", false},
	{"L'administrateur n'a pas approuvé l'application.", true},
	{"L'application doit être approuvée par un administrateur.", true},
	{"Dès que l'administrateur a approuvé l'application, il faut redémarrer.", true},
	{"L'administrateur a approuvé l'application mais je vois encore : Approbation administrateur requise", true},
	{"El administrador ha aprobado la aplicación. Es necesario reiniciar.", false},
	{"La aplicación ha sido aprobada por el administrador; solo se necesita reiniciar.", false},
	{"El administrador ya dio su consentimiento, solo necesitas volver a entrar.", false},
	{"El administrador no ha aprobado la aplicación.", true},
	{"La aplicación debe ser aprobada por un administrador.", true},
	{"Cuando el administrador haya aprobado la aplicación, debe reiniciar.", true},
	{"El administrador ha aprobado la aplicación pero sigo viendo: Se necesita la aprobación del administrador", true},
	{"De beheerder heeft de app goedgekeurd. U moet opnieuw starten.", false},
	{"De app is goedgekeurd door de beheerder, alleen opnieuw starten is nodig.", false},
	{"De beheerder heeft toestemming gegeven, u moet alleen opnieuw aanmelden.", false},
	{"De beheerder heeft de app niet goedgekeurd.", true},
	{"De app moet worden goedgekeurd door een beheerder.", true},
	{"Zodra de beheerder toestemming heeft gegeven, moet u opnieuw starten.", true},
	{"De beheerder heeft de app goedgekeurd maar ik zie nog: Goedkeuring van beheerder vereist", true},
	{"管理者がアプリを承認しました。再起動が必要です。", false},
	{"アプリは管理者によって承認されました。再起動する必要があります。", false},
	{"管理者が同意しました。再サインインが必要です。", false},
	{"管理者がこのアプリを承認していません。", true},
	{"管理者がアプリを承認する必要があります。", true},
	{"管理者が承認した後、再起動が必要です。", true},
	{"管理者が承認しましたが、まだ「管理者の承認が必要です」と表示されます。", true},
	{"O administrador aprovou o aplicativo. É necessário reiniciar.", false},
	{"O aplicativo foi aprovado pelo administrador; apenas precisa reiniciar.", false},
	{"O administrador deu o consentimento, é necessário entrar novamente.", false},
	{"O administrador não aprovou o aplicativo.", true},
	{"O aplicativo deve ser aprovado por um administrador.", true},
	{"Depois que o administrador aprovar o aplicativo, é necessário reiniciar.", true},
	{"O administrador aprovou o aplicativo mas ainda vejo: Aprovação do administrador necessária", true},
	{"L'amministratore ha approvato l'app. È necessario riavviare.", false},
	{"L'app è stata approvata dall'amministratore, serve solo riavviare.", false},
	{"L'amministratore ha dato il consenso: occorre riavviare.", false},
	{"L'amministratore non ha approvato l'app.", true},
	{"L'app deve essere approvata da un amministratore.", true},
	{"Quando l'amministratore avrà dato il consenso, occorre riavviare.", true},
	{"L'amministratore ha approvato l'app ma vedo ancora: È necessaria l'approvazione dell'amministratore", true},
	{"Administrator zatwierdził aplikację. Trzeba tylko uruchomić ponownie.", false},
	{"Aplikacja została zatwierdzona przez administratora, wymagany jest restart.", false},
	{"Administrator wyraził zgodę, musisz tylko zalogować się ponownie.", false},
	{"Administrator nie zatwierdził aplikacji.", true},
	{"Aplikacja musi zostać zatwierdzona przez administratora.", true},
	{"Gdy administrator wyrazi zgodę, musisz zalogować się ponownie.", true},
	{"Administrator zatwierdził aplikację, ale nadal widzę: Wymagana zgoda administratora", true},
	{"Administratören har godkänt appen. Du behöver bara starta om.", false},
	{"Appen har godkänts av administratören, en omstart krävs.", false},
	{"Administratören har gett sitt samtycke, du måste bara logga in igen.", false},
	{"Administratören har inte godkänt appen.", true},
	{"Appen måste godkännas av en administratör.", true},
	{"När administratören har godkänt appen måste du starta om.", true},
	{"Administratören har godkänt appen men jag ser fortfarande: Administratörsgodkännande krävs", true},
	{"Has the admin approved the app? You need approval.", true},
	{"We can only use admin approved apps. You need to ask an admin.", true},
	{"Nobody has approved the app; an admin needs to.", true},
	{"The admin has approved the app but I still see the same page. It needs permission.", true},
	{"The admin approved the app yesterday but it still asks for admin approval.", true},
	{"The admin has approved the request but I still see the wall", true},
	{"The admin has approved the request but I still see…", true},
	{"The admin would have approved the app but needs more time", true},
	{"The admin has approved Outlook, but Hetk needs permission from an admin.", true},
	{"I need the admin to say who has approved the app", true},
	{"Der Administrator hat die App genehmigt, aber ich brauche noch die Zustimmung des Administrators für Mail.", true},
	{"Der Administrator hat zugestimmt und trotzdem muss der Admin die App wieder genehmigen, kommt die Meldung", true},
	{"L'administrateur aurait approuvé l'application, il faut attendre", true},
	{"The administrator has approved only apps from Microsoft; this app requires approval.", true},
	{"The admin has approved the app, so you need nothing but a restart.", false},
	{"The admin has approved the app and you need to restart.", false},
	{"It works now: the admin has approved the app. You need to accept once.", false},
	{"Thanks, the admins have approved it. No need to ask an admin again.", false},
	{"Your admin has consented to the app on behalf of the organization. You need to reload.", false},
	{"Our IT team has granted the permission. We need to restart the add-in.", false},
	{"Der Admin hat die App jetzt genehmigt und Sie müssen sich nur neu anmelden.", false},
	{"Die Berechtigungen wurden vom Administrator erteilt. Ein Neustart ist nötig.", false},
	{"Unser Admin hat die Zustimmung gestern erteilt, nötig ist nur ein Neustart.", false},
	{"Les autorisations ont été accordées par l'administrateur. Il faut redémarrer.", false},
	{"L'administrateur vient de valider, l'application a été autorisée par l'administrateur : il faut se reconnecter.", false},
	{"Los permisos han sido concedidos por el administrador. Es necesario reiniciar.", false},
	{"As permissões foram concedidas pelo administrador. É necessário reiniciar.", false},
	{"Le autorizzazioni sono state concesse dall'amministratore. È necessario riavviare.", false},
	{"De machtigingen zijn verleend door de beheerder. U moet opnieuw starten.", false},
	{"Behörigheten har beviljats av administratören. Du måste starta om.", false},
	{"Uprawnienia zostały przyznane przez administratora. Musisz uruchomić ponownie.", false},
	{"管理者がアクセス許可を付与しました。再起動が必要です。", false},
	// More is asked for than was approved.
	{"The admin has approved the app. The new version requires approval.", true},
	{"The admin has approved the app. A new permission was added and needs approval.", true},
	{"Our admin approved the app last year. Now it requires approval again.", true},
	{"Our admin approved the app last year, now it requires approval again.", true},
	{"The admin has approved the app. It says it requires approval.", true},
	{"The admin has approved it for my colleague. I need approval.", true},
	{"My colleague's admin has approved it. I need approval too.", true},
	{"Der Administrator hat Outlook genehmigt. Für Hetk ist eine Genehmigung nötig.", true},
	{"Der Administrator hat die App genehmigt. Die neue Version braucht eine Genehmigung.", true},
	{"L'administrateur a approuvé l'application. La nouvelle version exige une approbation.", true},
	{"El administrador ha aprobado la aplicación. La nueva versión necesita una aprobación.", true},
	{"De beheerder heeft de app goedgekeurd. Voor de nieuwe versie is goedkeuring nodig.", true},
	{"管理者がアプリを承認しました。新しいバージョンには承認が必要とのことです。", true},
	{"O administrador aprovou o aplicativo. A nova versão precisa de aprovação.", true},
	{"L'amministratore ha approvato l'app. La nuova versione richiede un'approvazione.", true},
	{"Administrator zatwierdził aplikację. Nowa wersja wymaga zgody.", true},
	{"Administratören har godkänt appen. Den nya versionen kräver ett godkännande.", true},
	{"The admin has approved the app. No further approval is needed.", false},
	{"The admin has approved the app. The new version requires a restart.", false},
	{"The admin has approved it for my colleague. I need to sign in.", false},
	{"Der Administrator hat die App genehmigt. Es ist keine Genehmigung mehr nötig.", false},
	{"L'administrateur a approuvé l'application. Aucune approbation n'est nécessaire.", false},
	{"El administrador ha aprobado la aplicación. Ya no se necesita aprobación.", false},
	{"De beheerder heeft de app goedgekeurd. De nieuwe versie vereist een herstart.", false},
}

// notTexts are pairs: a text that says that no approval is asked for, and one in nearly
// the same words that says that it is.
var notTexts = []struct{ no, wall string }{
	{"No admin approval required", "Admin approval required"},
	{"No approval from an admin is needed for this app", "Approval from an admin is needed for this app"},
	{"No approval is required from an admin", "kari@contoso.no\nApproval required\nThis app requires your admin's approval"},
	{"No administrator approval is required for this app.", "Administrator approval is required for this app."},
	{"This app never requires admin approval.", "This app always requires admin approval."},
	{"Keine Administratorgenehmigung erforderlich", "Administratorgenehmigung erforderlich"},
	{"Für diese App ist keine Administratorzustimmung nötig.", "Für diese App ist eine Administratorzustimmung nötig."},
	{"Sie benötigen keine Genehmigung eines Administrators für diese App", "Sie benötigen die Genehmigung eines Administrators für diese App"},
	{"Keine fehlende Administratorgenehmigung", "Fehlende Administratorgenehmigung"},
	{"Der Administrator muss nicht zustimmen, die App läuft.", "Der Administrator muss zustimmen, damit die App läuft."},
	{"Keine Zustimmung des Administrators erforderlich", "Zustimmung des Administrators erforderlich"},
	{"Pas d’approbation de l’administrateur requise pour cette application", "Approbation de l’administrateur requise pour cette application"},
	{"Pas d'approbation de l'administrateur nécessaire", "Pas d'approbation de l'administrateur"},
	{"Aucune approbation administrateur requise", "Approbation administrateur requise"},
	{"Sans l'approbation d'un administrateur vous pouvez continuer", "Sans l'approbation d'un administrateur vous ne pouvez pas continuer"},
	{"Sin aprobación del administrador funciona la aplicación", "No puede continuar sin aprobación del administrador"},
	{"Vous pouvez continuer sans l'approbation d'un administrateur", "Vous ne pouvez pas continuer sans l'approbation d'un administrateur"},
	{"L'application ne nécessite pas l'approbation d'un administrateur", "L'application nécessite l'approbation d'un administrateur"},
	{"Sin aprobación del administrador también funciona.", "Sin aprobación del administrador no funciona."},
	{"No se requiere la aprobación del administrador", "Se requiere la aprobación del administrador"},
	{"La aplicación no necesita la aprobación del administrador", "El complemento externo necesita la aprobación del administrador"},
	{"Ninguna aprobación del administrador necesaria", "Aprobación del administrador necesaria"},
	{"Geen goedkeuring van beheerder vereist", "Goedkeuring van beheerder vereist"},
	{"Er is geen toestemming van de beheerder nodig voor deze app.", "Er is toestemming van de beheerder nodig voor deze app."},
	{"De beheerder hoeft niet goed te keuren; goedkeuring is niet nodig.", "De beheerder moet goedkeuren; goedkeuring is nodig."},
	{"このアプリに管理者の承認は不要です", "このアプリに管理者の承認が必要です"},
	{"Nenhuma aprovação do administrador necessária", "Aprovação do administrador necessária"},
	{"O aplicativo não precisa de aprovação do administrador", "O aplicativo precisa de aprovação do administrador"},
	{"Sem aprovação do administrador também funciona", "Sem aprovação do administrador não funciona"},
	{"Nessuna approvazione dell'amministratore necessaria", "Approvazione dell'amministratore necessaria"},
	{"L'app non richiede l'approvazione dell'amministratore", "L'app richiede l'approvazione dell'amministratore"},
	{"Senza l'approvazione dell'amministratore funziona", "Senza l'approvazione dell'amministratore non funziona"},
	{"Brak zgody administratora nie jest problemem", "Brak zgody administratora, nie mogę się zalogować"},
	{"Ta aplikacja nie wymaga zgody administratora", "To działanie wymaga zgody administratora dla aplikacji"},
	{"Zgoda administratora nie jest wymagana", "Wymagana jest zgoda administratora"},
	{"Inget administratörsgodkännande krävs", "Administratörsgodkännande krävs"},
	{"Appen kräver inte administratörens godkännande", "Appen kräver administratörens godkännande"},
}

// TestNoApprovalNeeded holds both of each.
func TestNoApprovalNeeded(t *testing.T) {
	t.Parallel()
	for _, c := range notTexts {
		if a := Parse(c.no); a.Class != Unknown {
			t.Errorf("%s: %s, %s, %q", c.no, a.Class, a.Sure, a.What)
		}
		if a := Parse(c.wall); a.Class != AdminConsentNeeded {
			t.Errorf("%s: %s, %s, %q", c.wall, a.Class, a.Sure, a.What)
		}
	}
}

// TestNews holds that good news is no wall, in ten languages, and that a wall in the
// same words is one.
func TestNews(t *testing.T) {
	t.Parallel()
	walls := 0
	for _, c := range newsTexts {
		want := Unknown
		if c.wall {
			want, walls = AdminConsentNeeded, walls+1
		}
		if a := Parse(c.text); a.Class != want {
			t.Errorf("%s: %s, %s, %q", c.text, a.Class, a.Sure, a.What)
		}
	}
	t.Logf("%d texts, %d of them walls", len(newsTexts), walls)
}
