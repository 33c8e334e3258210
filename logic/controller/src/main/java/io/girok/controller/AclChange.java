package io.girok.controller;

import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.AclAdded;
import io.girok.metadata.MetadataRecord.AclRemoved;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclFilter;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclResource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Decides on ACLs. Stateless.
final class AclChange {
    /// More can't be in one batch, however short their names are.
    private static final int MAX_AT_ONCE = MetadataLog.MAX_BATCH_BYTES / 24;

    private AclChange() {}

    static Decision<List<Result<Boolean>>> create(MetadataImage image, CreateAcls command) {
        Draft draft = new Draft(image);
        Set<Acl> added = new HashSet<>();
        List<Result<Boolean>> results = new ArrayList<>();
        for (Acl acl : command.acls()) {
            Optional<String> problem = problem(acl);
            if (problem.isPresent()) {
                results.add(Result.failed(ControllerError.INVALID_REQUEST, problem.get()));
            } else if (image.acls().contains(acl) || added.contains(acl)) {
                results.add(Result.of(false));
            } else if (draft.add(List.of(new AclAdded(acl)))) {
                added.add(acl);
                results.add(Result.of(true));
            } else {
                results.add(Draft.tooLarge());
            }
        }
        return draft.decision(List.copyOf(results), false);
    }

    /// What is wrong with an ACL, for whoever wanted it. Operations that the resource does not have are let pass, as in
    /// Apache Kafka: they are never asked about.
    private static Optional<String> problem(Acl acl) {
        AclPattern pattern = acl.pattern();
        if (pattern.name().isEmpty()) {
            return Optional.of("the name of a resource must not be empty");
        }
        if (pattern.resource() == AclResource.CLUSTER && !pattern.name().equals(AclResource.CLUSTER_NAME)) {
            return Optional.of("the only valid name of the cluster is '" + AclResource.CLUSTER_NAME + "'");
        }
        String principal = acl.subject().principal();
        int colon = principal.indexOf(':');
        if (colon <= 0 || colon == principal.length() - 1) {
            return Optional.of("a principal is written as TYPE:NAME, like User:alice");
        }
        return acl.subject().host().isEmpty()
                ? Optional.of("a host is an address, or * for every host")
                : Optional.empty();
    }

    static Decision<List<Result<List<Acl>>>> delete(MetadataImage image, DeleteAcls command) {
        Draft draft = new Draft(image);
        Set<Acl> removed = new HashSet<>();
        List<Result<List<Acl>>> results = new ArrayList<>();
        for (AclFilter filter : command.filters()) {
            List<Acl> matching = image.acls().stream().filter(filter::matches).limit(MAX_AT_ONCE + 1L).toList();
            List<MetadataRecord> records = new ArrayList<>();
            for (Acl acl : matching) {
                if (!removed.contains(acl)) {
                    records.add(new AclRemoved(acl));
                }
            }
            if (matching.size() <= MAX_AT_ONCE && draft.add(records)) {
                removed.addAll(matching);
                results.add(Result.of(matching));
            } else {
                results.add(Draft.tooLarge());
            }
        }
        return draft.decision(List.copyOf(results), false);
    }
}
