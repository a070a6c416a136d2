package aadsts

import "testing"

// TestAdminWallInManyWords reads the wall as it may be worded, in ten
// languages; most of these are in no list.
func TestAdminWallInManyWords(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"Genehmigung durch den Administrator erforderlich", "Administratorgenehmigung benötigt", "Zustimmung eines Administrators erforderlich", "Administrator-Genehmigung erforderlich", "Genehmigung vom Administrator notwendig", "Sie brauchen eine Administratorgenehmigung", "Admin-Zustimmung erforderlich", "Administratorgenehmigung anfordern", "Bitten Sie einen Administrator, dieser App die Berechtigung zu erteilen", "Nur ein Administrator kann die Zustimmung erteilen",
		"Approbation d’administrateur requise", "Autorisation de l'administrateur requise", "Approbation par un administrateur requise", "Approbation de l’administrateur nécessaire", "Demandez à un administrateur d'accorder l'autorisation à cette application", "Consentement administrateur requis", "Accord de l'administrateur requis", "Validation de l'administrateur requise",
		"Se requiere aprobación de administrador", "Aprobación del administrador requerida", "Necesita aprobación del administrador", "Es necesaria la aprobación de un administrador", "Pida a un administrador que conceda permiso a esta aplicación", "Se necesita consentimiento del administrador", "Aprobación de administrador necesaria", "Requiere la aprobación del administrador",
		"Goedkeuring door de beheerder vereist", "Toestemming van een beheerder nodig", "Beheerdergoedkeuring vereist", "Beheerderstoestemming vereist", "Vraag een beheerder om machtiging te verlenen aan deze app", "Goedkeuring beheerder nodig", "Goedkeuring van beheerder is vereist", "U hebt goedkeuring van een beheerder nodig",
		"管理者の承認が必要です", "管理者の同意が必要です", "管理者による同意が必要です", "管理者の許可が必要です", "管理者承認が必要", "このアプリを使用するには、管理者にアクセス許可を付与するよう依頼してください", "管理者だけが付与できるアクセス許可が必要です", "管理者の承認を得る必要があります",
		"Aprovação do administrador obrigatória", "Precisa da aprovação de um administrador", "Necessita de aprovação do administrador", "É necessário aprovação do administrador", "Aprovação de administrador necessária", "Consentimento do administrador necessário", "Peça a um administrador para conceder permissão a este aplicativo", "Requer a aprovação do administrador",
		"Approvazione amministratore necessaria", "È necessaria l’approvazione di un amministratore", "Serve l'approvazione dell'amministratore", "Richiesta approvazione amministratore", "Consenso dell'amministratore richiesto", "Chiedi a un amministratore di concedere l'autorizzazione per questa app", "È necessaria l'autorizzazione dell'amministratore", "Approvazione da parte di un amministratore richiesta",
		"Wymagana akceptacja administratora", "Wymagana zgoda administracyjna", "Potrzebne zatwierdzenie przez administratora", "Potrzebujesz zatwierdzenia administratora", "Wymaga zgody administratora", "Poproś administratora o przyznanie uprawnień tej aplikacji", "Konieczna zgoda administratora", "Wymagana jest akceptacja administratora",
		"Godkännande krävs från administratören", "Behöver administratörens godkännande", "Administratörsgodkännande behövs", "Administratörens medgivande krävs", "Be en administratör att bevilja behörighet till den här appen", "Kräver administratörsgodkännande", "Du behöver godkännande av en administratör", "Samtycke från administratör krävs",
		"Need administrator approval", "Administrator approval required", "Admin approval needed", "Requires admin consent", "You need admin approval", "Please ask an admin to grant permission", "Approval from your administrator is required", "needs approval from an administrator",
	} {
		if a := Parse(s); a.Class != AdminConsentNeeded || a.Who != TenantAdmin {
			t.Errorf("%q: %s, %s", s, a.Class, a.Who)
		}
	}
}

// TestAdminsAreNoWall holds that a text which only speaks of admins, or says
// that none is needed, is not taken for the wall.
func TestAdminsAreNoWall(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"Ich bin Administrator und habe keine Frage zur Genehmigung", "L'administrateur est en vacances", "El administrador del edificio necesita las llaves", "De beheerder is er niet", "管理者はいません", "O administrador saiu", "L'amministratore è in riunione", "Administrator jest na urlopie", "Administratören är ledig", "The admin is on holiday and will approve invoices on Monday",
		"Admin approval is not required for this app", "You don't need admin approval", "Admin consent: not required", "Für diese App ist keine Genehmigung des Administrators erforderlich",
		"L'approbation de l'administrateur n'est pas nécessaire", "管理者の承認は必要ありません",
	} {
		if a := Parse(s); a.Class != Unknown {
			t.Errorf("%q: %s, %s (%s)", s, a.Class, a.Who, a.Why)
		}
	}
}
