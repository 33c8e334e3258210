package io.girok.base;

import java.util.Objects;

/// Who is at the other end of a connection, as access control names them: `User:alice`. Immutable.
///
/// @param type `User`, unless a plug-in of the future knows other kinds
/// @param name any text but the empty one; never written to a log unescaped
public record Principal(String type, String name) {
    public static final String USER = "User";

    /// Whoever was not asked who they are.
    public static final Principal ANONYMOUS = user("ANONYMOUS");

    public Principal {
        Objects.requireNonNull(type);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a principal has a name");
        }
    }

    public static Principal user(String name) {
        return new Principal(USER, name);
    }

    /// As ACLs and settings write it: `User:alice`.
    @Override
    public String toString() {
        return type + ":" + name;
    }
}
