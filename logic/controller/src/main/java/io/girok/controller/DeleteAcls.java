package io.girok.controller;

import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclFilter;
import java.util.List;

/// Takes ACLs away, all that a filter matches or none of them. The answer has those of each filter, in order; one that
/// several filters match is in the answer to each.
public record DeleteAcls(List<AclFilter> filters) implements Command<List<Result<List<Acl>>>> {
    public DeleteAcls {
        filters = List.copyOf(filters);
    }
}
