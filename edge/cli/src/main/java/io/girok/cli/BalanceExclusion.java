package io.girok.cli;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;

/// Has the controller leave a broker as it is, so that one that was emptied stays empty; or even it out again with the
/// others. Stateless.
final class BalanceExclusion {
    private static final String SETTING = "auto.balance.excluded";

    private BalanceExclusion() {}

    /// Of the brokers that are meant and run: each is asked itself, and one that is down holds up the controller
    /// anyway.
    static void set(Admin admin, IntPredicate isMeant, boolean isExcluded) {
        AlterConfigOp operation = new AlterConfigOp(new ConfigEntry(SETTING, "true"),
                isExcluded ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE);
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        for (Node node : ClusterState.ask(admin).nodes()) {
            if (isMeant.test(node.id()) && !node.isFenced()) {
                changes.put(new ConfigResource(ConfigResource.Type.BROKER, node.idString()), List.of(operation));
            }
        }
        Answers.of(admin.incrementalAlterConfigs(changes).all());
    }
}
