package sim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Deleted items of the directory. A deleted service principal is kept for 30
// days and can be restored with what was set on it (directory-deleteditems-get,
// -list and -restore; restore-application of the entra docs). Whether its grants
// come back as well is not documented: here they do, as far as the API of each
// is there.

// keptDeleted is how long deleted items are kept.
const keptDeleted = 30 * 24 * time.Hour

// mostDeleted bounds the deleted items of a tenant; Graph has its own quota.
const mostDeleted = 250

// deletedService is a service principal that was deleted, with what hung on it.
type deletedService struct {
	sp      *ServicePrincipal
	grants  []*Grant
	classes []*Classification
	at      time.Time
}

func deletedRoutes() []*graphRoute {
	const items = "directory/deletedItems/"
	return []*graphRoute{
		on(http.MethodGet, items+"microsoft.graph.servicePrincipal", readApps, serviceEntity, listDeleted),
		on(http.MethodGet, items+"{}", readApps, nil, getDeleted),
		on(http.MethodPost, items+"{}/restore", writeApps, nil, restoreDeleted),
	}
}

// deletedNow are the deleted service principals that can be restored.
func (c *graphCall) deletedNow() []*deletedService {
	return slices.DeleteFunc(slices.Clone(c.t.deleted), func(d *deletedService) bool { return c.now.Sub(d.at) > keptDeleted })
}

func (c *graphCall) deletedObject(d *deletedService) obj {
	o := kinded(c.serviceObject(d.sp), "servicePrincipal")
	o["deletedDateTime"] = stamp(d.at)
	return o
}

func listDeleted(c *graphCall) (graphReply, error) {
	var out []obj
	for _, d := range c.deletedNow() {
		out = append(out, c.deletedObject(d))
	}
	return c.many(serviceEntity, "directory/deletedItems/microsoft.graph.servicePrincipal", out)
}

// deletedKey finds the deleted item of the first key.
func (c *graphCall) deletedKey() (*deletedService, error) {
	id := c.keys[0].value
	if !isGUID(id) {
		return nil, badRequest("Invalid object identifier '%s'.", id)
	}
	d := find(c.deletedNow(), func(d *deletedService) bool { return strings.EqualFold(d.sp.ID, id) })
	if d == nil {
		return nil, notFound("directoryObject", id)
	}
	return d, nil
}

func getDeleted(c *graphCall) (graphReply, error) {
	d, err := c.deletedKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.one(serviceEntity, "directoryObjects", c.deletedObject(d))
}

// restoreDeleted brings a deleted service principal back, as the same object.
func restoreDeleted(c *graphCall) (graphReply, error) {
	d, err := c.deletedKey()
	if err != nil {
		return graphReply{}, err
	}
	if c.t.serviceByAppID(d.sp.AppID) != nil {
		return graphReply{}, nameTaken(d.sp.AppID)
	}
	t, sp := c.t, d.sp
	t.deleted = slices.DeleteFunc(t.deleted, func(o *deletedService) bool { return o == d })
	delete(t.gone, sp.ID)
	delete(t.leaving, strings.ToLower(sp.AppID))
	sp.VisibleAt = c.now.Add(c.w.lag.of(lagServices, sp.ID))
	t.Services = append(t.Services, sp)
	for _, g := range d.grants {
		if t.serviceByID(g.ClientID) != nil && t.serviceByID(g.Resource) != nil {
			t.Grants = append(t.Grants, g)
		}
	}
	t.Classifications = append(t.Classifications, d.classes...)
	sp.RoleGrants = slices.DeleteFunc(sp.RoleGrants, func(g RoleGrant) bool { return t.serviceByID(g.Resource) == nil })
	c.note("Restore service principal", "ApplicationManagement", "Restore", sp.target())
	return c.one(serviceEntity, "directoryObjects", kinded(c.serviceObject(sp), "servicePrincipal"))
}
