package io.girok.metadata.acl;

import io.girok.base.Invariant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/// All ACLs of a cluster, laid out so that a decision hashes and never scans. Immutable; what did not change is shared
/// between one and the next.
public final class Acls {
    /*
     * Two maps. `rights` leads from a subject (principal and host) over a pattern to two sets of bits, so that ACLs
     * which differ in nothing but operation or permission are one entry. `patterns` says how many subjects a pattern
     * has, since whether *anybody* has an ACL for a resource decides what happens to everybody else.
     *
     * The patterns that cover a name are at most: its own, `*`, and for each length that prefixes of the kind have, the
     * beginning of the name of that length.
     */

    public static final Acls NONE = new Acls(HashTreePMap.empty(), HashTreePMap.empty(), Map.of(), 0);

    private static final Comparator<AclSubject> BY_SUBJECT = Comparator.comparing(AclSubject::principal)
            .thenComparing(AclSubject::host);
    private static final Comparator<AclPattern> BY_PATTERN = Comparator.comparing(AclPattern::resource)
            .thenComparing(AclPattern::name)
            .thenComparing(AclPattern::isPrefixed);

    private final HashPMap<AclSubject, HashPMap<AclPattern, AclRights>> rights;
    private final HashPMap<AclPattern, Integer> patterns;
    private final Map<AclResource, PrefixLengths> prefixes;
    private final int size;

    private Acls(HashPMap<AclSubject, HashPMap<AclPattern, AclRights>> rights, HashPMap<AclPattern, Integer> patterns,
            Map<AclResource, PrefixLengths> prefixes, int size) {
        this.rights = rights;
        this.patterns = patterns;
        this.prefixes = prefixes;
        this.size = size;
    }

    public int size() {
        return size;
    }

    public boolean contains(Acl acl) {
        return rights(acl).has(acl.operation(), acl.permission());
    }

    private AclRights rights(Acl acl) {
        return of(acl.subject()).getOrDefault(acl.pattern(), AclRights.NONE);
    }

    /// What ACLs say about a subject, by pattern; wildcards in it stand for themselves.
    public Map<AclPattern, AclRights> of(AclSubject subject) {
        return own(subject);
    }

    private HashPMap<AclPattern, AclRights> own(AclSubject subject) {
        HashPMap<AclPattern, AclRights> own = rights.get(subject);
        return own == null ? HashTreePMap.empty() : own;
    }

    /// Whether there is an ACL of this very pattern, whomever it is about.
    public boolean has(AclPattern pattern) {
        return patterns.containsKey(pattern);
    }

    /// The patterns of any ACL that cover the resource.
    public List<AclPattern> covering(AclResource resource, String name) {
        List<AclPattern> covering = new ArrayList<>(2);
        addIfPresent(covering, AclPattern.literal(resource, name));
        if (!name.equals(AclPattern.WILDCARD)) {
            addIfPresent(covering, AclPattern.literal(resource, AclPattern.WILDCARD));
        }
        addPrefixes(covering, resource, name);
        return covering;
    }

    /// Those of [#covering] that name a beginning of `name`.
    public List<AclPattern> prefixesOf(AclResource resource, String name) {
        List<AclPattern> covering = new ArrayList<>(2);
        addPrefixes(covering, resource, name);
        return covering;
    }

    private void addPrefixes(List<AclPattern> covering, AclResource resource, String name) {
        for (int length : prefixLengths(resource).lengths()) {
            if (name.length() < length) {
                return;
            }
            addIfPresent(covering, AclPattern.prefixed(resource, name.substring(0, length)));
        }
    }

    private void addIfPresent(List<AclPattern> covering, AclPattern pattern) {
        if (has(pattern)) {
            covering.add(pattern);
        }
    }

    /// The same when the ACL is there already.
    public Acls plus(Acl acl) {
        AclRights before = rights(acl);
        AclRights after = before.with(acl.operation(), acl.permission());
        if (after.equals(before)) {
            return this;
        }
        HashPMap<AclSubject, HashPMap<AclPattern, AclRights>> changed = rights.plus(acl.subject(),
                own(acl.subject()).plus(acl.pattern(), after));
        if (!before.isNone()) {
            return new Acls(changed, patterns, prefixes, size + 1);
        }
        int subjects = patterns.getOrDefault(acl.pattern(), 0);
        return new Acls(changed, patterns.plus(acl.pattern(), subjects + 1),
                subjects == 0 ? withPrefix(acl.pattern()) : prefixes, size + 1);
    }

    /// @param acl one that is there
    public Acls minus(Acl acl) {
        Invariant.check(contains(acl), "an ACL that is removed is there");
        AclRights after = rights(acl).without(acl.operation(), acl.permission());
        if (!after.isNone()) {
            return new Acls(rights.plus(acl.subject(), own(acl.subject()).plus(acl.pattern(), after)), patterns,
                    prefixes, size - 1);
        }
        HashPMap<AclPattern, AclRights> own = own(acl.subject()).minus(acl.pattern());
        int subjects = patterns.getOrDefault(acl.pattern(), 0) - 1;
        return new Acls(own.isEmpty() ? rights.minus(acl.subject()) : rights.plus(acl.subject(), own),
                subjects == 0 ? patterns.minus(acl.pattern()) : patterns.plus(acl.pattern(), subjects),
                subjects == 0 ? withoutPrefix(acl.pattern()) : prefixes, size - 1);
    }

    private PrefixLengths prefixLengths(AclResource resource) {
        return prefixes.getOrDefault(resource, PrefixLengths.NONE);
    }

    private Map<AclResource, PrefixLengths> withPrefix(AclPattern pattern) {
        return pattern.isPrefixed()
                ? with(pattern.resource(), prefixLengths(pattern.resource()).plus(pattern.name().length()))
                : prefixes;
    }

    private Map<AclResource, PrefixLengths> withoutPrefix(AclPattern pattern) {
        return pattern.isPrefixed()
                ? with(pattern.resource(), prefixLengths(pattern.resource()).minus(pattern.name().length()))
                : prefixes;
    }

    private Map<AclResource, PrefixLengths> with(AclResource resource, PrefixLengths lengths) {
        Map<AclResource, PrefixLengths> changed = new EnumMap<>(AclResource.class);
        changed.putAll(prefixes);
        changed.put(resource, lengths);
        return Collections.unmodifiableMap(changed);
    }

    /// In no particular order.
    public Stream<Acl> stream() {
        return rights.entrySet().stream().flatMap(own -> stream(own.getKey(), own.getValue()));
    }

    /// Always in the same order.
    public Stream<Acl> sorted() {
        return rights.keySet()
                .stream()
                .sorted(BY_SUBJECT)
                .flatMap(subject -> own(subject).keySet()
                        .stream()
                        .sorted(BY_PATTERN)
                        .flatMap(pattern -> stream(subject, pattern,
                                own(subject).getOrDefault(pattern, AclRights.NONE))));
    }

    private static Stream<Acl> stream(AclSubject subject, Map<AclPattern, AclRights> own) {
        return own.entrySet().stream().flatMap(each -> stream(subject, each.getKey(), each.getValue()));
    }

    private static Stream<Acl> stream(AclSubject subject, AclPattern pattern, AclRights rights) {
        List<Acl> acls = new ArrayList<>(1);
        for (AclPermission permission : AclPermission.values()) {
            for (AclOperation operation : AclOperation.values()) {
                if (rights.has(operation, permission)) {
                    acls.add(new Acl(pattern, subject, operation, permission));
                }
            }
        }
        return acls.stream();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Acls acls && size == acls.size && rights.equals(acls.rights);
    }

    @Override
    public int hashCode() {
        return size;
    }

    @Override
    public String toString() {
        return size + " ACLs";
    }
}
