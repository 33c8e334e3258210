package io.girok.membership.balance;

import io.girok.balance.Layout;
import io.girok.base.FreeSpace;
import io.girok.base.PartitionName;
import io.girok.membership.balance.DiskReports.Report;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import io.girok.metadata.setting.BrokerSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The metadata as the planner wants them. Stateless.
final class ImageLayout {
    private ImageLayout() {}

    static Layout of(MetadataImage image, Map<Integer, Report> reports) {
        List<Layout.Broker> brokers = image.brokers()
                .stream()
                .map(broker -> new Layout.Broker(broker.id(), broker.rack(), role(image, broker),
                        roomBytes(image, broker, reports)))
                .toList();
        List<Layout.Partition> partitions = new ArrayList<>();
        for (TopicImage topic : image.topics()) {
            for (int index = 0; index < topic.partitions().size(); index++) {
                PartitionImage partition = topic.partitions().get(index);
                PartitionName name = new PartitionName(topic.name(), index);
                long bytes = reports.values()
                        .stream()
                        .mapToLong(report -> report.sizes().getOrDefault(name, 0L))
                        .max()
                        .orElse(0);
                partitions.add(new Layout.Partition(name, partition.targetReplicas(), bytes,
                        partition.isReassigning()));
            }
        }
        return new Layout(brokers, partitions);
    }

    private static Layout.Role role(MetadataImage image, BrokerImage broker) {
        return broker.canLead() && !isExcluded(image, broker) ? Layout.Role.TAKES : Layout.Role.KEEPS;
    }

    private static boolean isExcluded(MetadataImage image, BrokerImage broker) {
        return Boolean.parseBoolean(image.config(ConfigTarget.broker(broker.id()))
                .get(BrokerSettings.AUTO_BALANCE_EXCLUDED.name()));
    }

    private static long roomBytes(MetadataImage image, BrokerImage broker, Map<Integer, Report> reports) {
        Report report = reports.get(broker.id());
        return report == null ? 0 : report.roomBytes(floorBytes(image, broker));
    }

    /// As far as the metadata say; what is in a broker's own file only is not known here.
    private static long floorBytes(MetadataImage image, BrokerImage broker) {
        String name = BrokerSettings.LOG_DIR_MIN_FREE_BYTES.name();
        String own = image.config(ConfigTarget.broker(broker.id())).get(name);
        String set = own == null ? image.config(ConfigTarget.ALL_BROKERS).get(name) : own;
        return set == null ? FreeSpace.AUTOMATIC : Long.parseLong(set);
    }

    /// The partitions whose reassignments are under way.
    static Map<PartitionName, List<Integer>> moving(MetadataImage image) {
        Map<PartitionName, List<Integer>> moving = new HashMap<>();
        for (TopicImage topic : image.topics()) {
            for (int index = 0; index < topic.partitions().size(); index++) {
                PartitionImage partition = topic.partitions().get(index);
                if (partition.isReassigning()) {
                    moving.put(new PartitionName(topic.name(), index), partition.targetReplicas());
                }
            }
        }
        return moving;
    }
}
