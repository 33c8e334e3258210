package io.girok.metadata.acl;

/// Whom an ACL is about. Immutable.
///
/// @param principal as `User:alice`, or [#ANY_PRINCIPAL]
/// @param host an address as text, or [#ANY_HOST]
public record AclSubject(String principal, String host) {
    public static final String ANY_PRINCIPAL = "User:*";
    public static final String ANY_HOST = "*";
}
