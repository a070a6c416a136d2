package aadsts

// house: a table

// negations say that no approval is asked for, in words that hold the words of a wall
// [K]. They are looked at before the walls, so that one which begins where a wall's
// words begin takes it back. Of what is squeezed no word has an end: "no requiere"
// stands in "externo requiere" as well, "nie wymaga" in "działanie wymaga", and "no
// approval required" is what an address in .no above the heading of the page gives; "puede
// continuar sin" stands in "no puede continuar sin". So such ones are said with the
// words around them, or not at all.
var negations = []wording{
	{partNot, anyLang, []string{
		"no approval is required", "no approval is needed", "no approval is necessary", "no further approval", "no additional approval",
		"no approval from an admin is", "no approval by an admin is", "no approval of an admin is", "no approval from your admin is",
		"no administrator approval is", "no administrator consent is", "no consent is required", "no consent is needed",
		"needn't", "never needs", "never requires", "nobody needs to approve", "nobody has to approve",
	}},
	{partNot, anyLang, []string{
		"keine Administratorgenehmigung erforderlich", "keine Administratorgenehmigung nötig", "keine Administratorgenehmigung notwendig",
		"keine Administratorzustimmung erforderlich", "keine Administratorzustimmung nötig", "keine Administratorzustimmung notwendig",
		"keine Administratoreinwilligung erforderlich", "keine Administratoreinwilligung nötig",
		"keine Zustimmung des Administrators erforderlich", "keine Zustimmung des Administrators nötig", "keine Zustimmung des Administrators notwendig",
		"keine Zustimmung eines Administrators erforderlich", "keine Zustimmung eines Administrators nötig", "keine Zustimmung erforderlich", "keine Zustimmung nötig",
		"keine fehlende Administrator", "keine fehlende Genehmigung", "benötigen keine", "benötigt keine", "benötige keine", "brauchen keine", "braucht keine",
		"brauche keine", "erfordert keine", "bedarf keine", "verlangt keine", "muss nicht", "müssen nicht", "geht auch ohne", "funktioniert auch ohne",
		"nicht nötig", "nicht genehmigungspflichtig", "nicht vom Administrator genehmigt werden muss", "nicht vom Administrator genehmigt zu werden",
	}},
	{partNot, anyLang, []string{
		"pas d'approbation de l'administrateur requis", "pas d'approbation de l'administrateur nécessaire", "pas d'approbation d'un administrateur requis",
		"pas d'approbation d'un administrateur nécessaire", "pas d'approbation administrateur requis", "pas d'approbation administrateur nécessaire",
		"pas d'approbation requis", "pas d'approbation nécessaire", "pas besoin", "pas obligatoire", "ne nécessite pas", "n'exige pas", "ne demande pas", "ne requiert pas",
		"aucune approbation requis", "aucune approbation nécessaire", "aucune approbation n'est requis", "aucune approbation n'est nécessaire",
		"aucune approbation administrateur requis", "aucune approbation administrateur nécessaire", "aucune approbation de l'administrateur requis",
		"aucune approbation de l'administrateur nécessaire", "aucune approbation de l'administrateur n'est", "aucune approbation d'un administrateur n'est",
		"aucun consentement n'est", "aucun consentement de l'administrateur requis", "aucun consentement de l'administrateur n'est",
		"aucune autorisation de l'administrateur n'est", "aucune autorisation de l'administrateur requis", "aucune autorisation de l'administrateur nécessaire",
		"sans l'approbation d'un administrateur vous pouvez continuer", "sans l'approbation de l'administrateur vous pouvez continuer",
		"sans l'approbation d'un administrateur vous pouvez utiliser", "sans l'approbation de l'administrateur vous pouvez utiliser",
		"sans l'approbation d'un administrateur ça marche", "sans l'approbation de l'administrateur ça marche", "même sans l'approbation",
		"pouvez continuer sans l'approbation", "fonctionne sans l'approbation", "fonctionne aussi sans", "marche aussi sans",
	}},
	{partNot, anyLang, []string{
		"no se requiere", "no hace falta", "no se exige", "ya no necesita", "ya no requiere", "aplicación no necesita", "aplicación no requiere",
		"la app no necesita", "la app no requiere", "usted no necesita", "aprobación no es obligatori",
		"ninguna aprobación necesari", "ninguna aprobación del administrador necesari", "ninguna aprobación del administrador es necesari",
		"sin aprobación del administrador también", "sin la aprobación del administrador también", "sin consentimiento del administrador también",
		"también sin aprobación", "también sin la aprobación", "también sin consentimiento", "también funciona sin", "funciona también sin",
		"sin aprobación del administrador funciona", "sin la aprobación del administrador funciona",
	}},
	{partNot, anyLang, []string{
		"geen goedkeuring van beheerder vereist", "geen goedkeuring van beheerder nodig", "geen goedkeuring van de beheerder vereist",
		"geen goedkeuring van de beheerder nodig", "geen goedkeuring van een beheerder vereist", "geen goedkeuring van een beheerder nodig",
		"geen goedkeuring vereist", "geen goedkeuring nodig", "geen beheerdersgoedkeuring vereist", "geen beheerdersgoedkeuring nodig",
		"geen toestemming van beheerder vereist", "geen toestemming van beheerder nodig", "geen toestemming van de beheerder vereist",
		"geen toestemming van de beheerder nodig", "geen toestemming nodig", "hoeft niet", "hoeft geen", "werkt ook zonder", "vereist geen",
	}},
	{partNot, anyLang, []string{
		"não precisa", "não requer", "não exige", "nenhuma aprovação necessári", "nenhuma aprovação do administrador necessári", "nenhuma aprovação é",
		"nenhuma aprovação do administrador é", "sem aprovação do administrador também", "sem a aprovação do administrador também", "também funciona sem",
		"sem aprovação do administrador funciona", "sem a aprovação do administrador funciona",
	}},
	{partNot, anyLang, []string{
		"non richiede", "non serve l", "non serve alcun", "non serve nessun", "non occorre", "nessuna approvazione necessari", "nessuna approvazione richiest",
		"nessuna approvazione dell'amministratore necessari", "nessuna approvazione dell'amministratore richiest", "nessuna approvazione dell'amministratore è",
		"nessuna approvazione amministratore richiest", "nessuna approvazione è", "nessun consenso dell'amministratore è", "anche senza l'approvazione",
		"senza l'approvazione dell'amministratore funziona", "senza l'approvazione dell'amministratore puoi", "senza l'approvazione dell'amministratore si può",
	}},
	{partNot, anyLang, []string{
		"brak zgody administratora nie jest problem", "brak zgody administratora nie przeszkadza", "brak zgody administratora nie stanowi",
		"brak zatwierdzenia przez administratora nie jest problem", "aplikacja nie wymaga", "która nie wymaga", "nie są wymagan",
		"zgoda administratora niepotrzebna", "zgoda administratora nie jest", "żadna zgoda nie jest", "żadna zgoda administratora nie jest",
	}},
	{partNot, anyLang, []string{
		"inget administratörsgodkännande krävs", "inget administratörsgodkännande behövs", "inget administratörsmedgivande krävs", "inget godkännande krävs",
		"inget godkännande behövs", "inget godkännande från administratör krävs", "inget godkännande av administratör krävs", "kräver inte", "kräver inget",
		"behöver inte", "behöver inget", "inte nödvändig", "godkännande från administratör krävs inte",
		"godkännande av administratör krävs inte", "godkännande krävs inte",
	}},
}
