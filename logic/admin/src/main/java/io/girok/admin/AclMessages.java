package io.girok.admin;

import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclFilter;
import io.girok.metadata.acl.AclFilter.Match;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclPermission;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.acl.AclSubject;
import io.girok.metadata.acl.Acls;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.CreateAclsRequestData.AclCreation;
import org.apache.kafka.common.message.DeleteAclsRequestData.DeleteAclsFilter;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsMatchingAcl;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData.AclDescription;
import org.apache.kafka.common.message.DescribeAclsResponseData.DescribeAclsResource;
import org.jspecify.annotations.Nullable;

/// ACLs and filters in the protocol's numbers. Stateless.
final class AclMessages {
    private static final int ANY = 1;
    private static final byte MATCH_CODE = 2;
    private static final byte LITERAL_CODE = 3;
    private static final byte PREFIXED_CODE = 4;

    private AclMessages() {}

    /// Empty when a number stands for nothing, or for what only a filter has.
    static Optional<Acl> acl(AclCreation creation) {
        AclResource resource = AclResource.of(creation.resourceType());
        AclOperation operation = AclOperation.of(creation.operation());
        AclPermission permission = AclPermission.of(creation.permissionType());
        byte type = creation.resourcePatternType();
        if (resource == null || operation == null || permission == null
                || (type != LITERAL_CODE && type != PREFIXED_CODE)) {
            return Optional.empty();
        }
        return Optional.of(new Acl(new AclPattern(resource, type == PREFIXED_CODE, creation.resourceName()),
                new AclSubject(creation.principal(), creation.host()), operation, permission));
    }

    static Optional<AclFilter> filter(DescribeAclsRequestData body) {
        return filter(new Codes(body.resourceTypeFilter(), body.patternTypeFilter(), body.operation(),
                body.permissionType()), body.resourceNameFilter(), body.principalFilter(), body.hostFilter());
    }

    static Optional<AclFilter> filter(DeleteAclsFilter body) {
        return filter(new Codes(body.resourceTypeFilter(), body.patternTypeFilter(), body.operation(),
                body.permissionType()), body.resourceNameFilter(), body.principalFilter(), body.hostFilter());
    }

    private record Codes(byte resource, byte pattern, byte operation, byte permission) {}

    /// Empty when a number stands for nothing.
    private static Optional<AclFilter> filter(Codes codes, @Nullable String name, @Nullable String principal,
            @Nullable String host) {
        AclResource resource = AclResource.of(codes.resource());
        AclOperation operation = AclOperation.of(codes.operation());
        AclPermission permission = AclPermission.of(codes.permission());
        Match match = match(codes.pattern());
        boolean isKnown = match != null && (resource != null || codes.resource() == ANY)
                && (operation != null || codes.operation() == ANY)
                && (permission != null || codes.permission() == ANY);
        return isKnown && match != null
                ? Optional.of(new AclFilter(resource, name, match, principal, host, operation, permission))
                : Optional.empty();
    }

    private static @Nullable Match match(byte code) {
        return switch (code) {
            case ANY -> Match.ANY;
            case MATCH_CODE -> Match.MATCH;
            case LITERAL_CODE -> Match.LITERAL;
            case PREFIXED_CODE -> Match.PREFIXED;
            default -> null;
        };
    }

    private static byte code(AclPattern pattern) {
        return pattern.isPrefixed() ? PREFIXED_CODE : LITERAL_CODE;
    }

    /// By resource, always in the same order.
    static List<DescribeAclsResource> described(Acls acls, AclFilter filter) {
        Map<AclPattern, DescribeAclsResource> resources = new LinkedHashMap<>();
        acls.sorted()
                .filter(filter::matches)
                .forEach(acl -> resources.computeIfAbsent(acl.pattern(), AclMessages::resource)
                        .acls()
                        .add(new AclDescription().setPrincipal(acl.subject().principal())
                                .setHost(acl.subject().host())
                                .setOperation(acl.operation().code())
                                .setPermissionType(acl.permission().code())));
        return new ArrayList<>(resources.values());
    }

    private static DescribeAclsResource resource(AclPattern pattern) {
        return new DescribeAclsResource().setResourceType(pattern.resource().code())
                .setResourceName(pattern.name())
                .setPatternType(code(pattern));
    }

    static DeleteAclsMatchingAcl deleted(Acl acl) {
        return new DeleteAclsMatchingAcl().setResourceType(acl.pattern().resource().code())
                .setResourceName(acl.pattern().name())
                .setPatternType(code(acl.pattern()))
                .setPrincipal(acl.subject().principal())
                .setHost(acl.subject().host())
                .setOperation(acl.operation().code())
                .setPermissionType(acl.permission().code());
    }
}
