package io.girok.security.acl;

import io.girok.base.Principal;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.Settings;
import java.util.Set;

/// What stands beside the ACLs. Immutable.
///
/// @param superUsers who may do everything, whatever is denied to them
/// @param isOpenWithoutAcl whether everybody may do everything to a resource that no ACL is about
public record AclRules(Set<Principal> superUsers, boolean isOpenWithoutAcl) {
    public AclRules {
        superUsers = Set.copyOf(superUsers);
    }

    public static AclRules of(Settings settings) {
        return new AclRules(Set.copyOf(settings.get(BrokerSettings.SUPER_USERS)),
                settings.get(BrokerSettings.ALLOW_EVERYONE_IF_NO_ACL_FOUND));
    }

    /// Whether requests are authorized at all.
    public static boolean areOn(Settings settings) {
        return !settings.get(BrokerSettings.AUTHORIZER_CLASS_NAME).isEmpty();
    }
}
