package io.girok.metadata.quota;

import io.girok.base.Invariant;
import io.girok.metadata.ConfigTarget;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// Whose quota it is: a user's, a client id's, that of both together, or an address's. Immutable.
///
/// Each is given by name, or as [#DEFAULT], which stands for every one that has no quota of its own.
///
/// @param user null when the user does not matter; the same for the others
public record QuotaEntity(@Nullable String user, @Nullable String clientId, @Nullable String address) {
    /// Nobody's name.
    public static final String DEFAULT = "";
    public static final String USER = "user";
    public static final String CLIENT_ID = "client-id";
    public static final String ADDRESS = "ip";
    public static final List<String> TYPES = List.of(USER, CLIENT_ID, ADDRESS);

    public QuotaEntity {
        Invariant.check((address == null) != (user == null && clientId == null),
                "a quota is one of an address, or of a user or client id");
    }

    public static QuotaEntity of(@Nullable String user, @Nullable String clientId) {
        return new QuotaEntity(user, clientId, null);
    }

    public static QuotaEntity ofAddress(String address) {
        return new QuotaEntity(null, null, address);
    }

    public boolean isAddress() {
        return address != null;
    }

    /// Why a type cannot be part of an entity; empty when it can.
    ///
    /// @param isFirst whether the entity has no part of that type yet
    public static Optional<String> problem(String type, boolean isFirst) {
        return TYPES.contains(type) && isFirst
                ? Optional.empty()
                : Optional.of("'" + type + "' is unknown, or there twice; allowed: each of " + TYPES + " once");
    }

    /// The name given for one of the [#TYPES]; null when that does not matter.
    public @Nullable String name(String type) {
        return switch (type) {
            case USER -> user;
            case CLIENT_ID -> clientId;
            case ADDRESS -> address;
            default -> null;
        };
    }

    /// Its place in the metadata, from which [#of(ConfigTarget)] finds back.
    public ConfigTarget target() {
        StringJoiner text = new StringJoiner("&");
        for (String type : TYPES) {
            String name = name(type);
            if (name != null) {
                text.add(type + "=" + URLEncoder.encode(name, StandardCharsets.UTF_8));
            }
        }
        return new ConfigTarget(ConfigTarget.Kind.QUOTA, text.toString());
    }

    public static QuotaEntity of(ConfigTarget target) {
        Map<String, String> names = new HashMap<>();
        for (String part : target.name().split("&", -1)) {
            String[] typeAndName = part.split("=", 2);
            names.put(typeAndName[0], URLDecoder.decode(typeAndName[1], StandardCharsets.UTF_8));
        }
        return new QuotaEntity(names.get(USER), names.get(CLIENT_ID), names.get(ADDRESS));
    }

    /// For people: `user 'alice', client-id default`.
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ");
        for (String type : TYPES) {
            String name = name(type);
            if (name != null) {
                text.add(type + (name.equals(DEFAULT) ? " default" : " '" + name + "'"));
            }
        }
        return text.toString();
    }
}
