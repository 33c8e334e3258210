package io.girok.controller;

import io.girok.metadata.acl.Acl;
import java.util.List;

/// Puts ACLs in force, each by itself; one that is in force already is no mistake. The answer says of each, in order,
/// whether it is there now, and if so whether it is new.
public record CreateAcls(List<Acl> acls) implements Command<List<Result<Boolean>>> {
    public CreateAcls {
        acls = List.copyOf(acls);
    }
}
