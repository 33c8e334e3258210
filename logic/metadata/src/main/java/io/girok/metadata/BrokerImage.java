package io.girok.metadata;

import io.girok.base.TopicId;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A broker's registration. Immutable.
///
/// @param incarnation new with every start of the process
/// @param epoch the offset of the registration's record: a later one replaces an earlier one
/// @param directories its log directories that can be used
/// @param scarceDirectories those of them whose disk has less room than clients must leave free
/// @param features what its Girok supports
/// @param isFenced whether it must not lead, and is not in sync with anything
/// @param isLeaving whether it is about to stop, and must not lead
public record BrokerImage(int id, TopicId incarnation, long epoch, List<Endpoint> endpoints, @Nullable String rack,
        List<TopicId> directories, List<TopicId> scarceDirectories, SupportedFeatures features, boolean isFenced,
        boolean isLeaving) {
    /// The directory of a replica that is in none that its broker can use.
    public static final TopicId LOST_DIRECTORY = new TopicId(0, 1);

    /// Stands for `directory` of a replica whose log cannot be opened there for want of room, and lacks nothing: it is
    /// as in a directory that nobody has, but stays eligible, and is whole when it is opened there.
    public static TopicId unopened(TopicId directory) {
        return new TopicId(~directory.high(), directory.low());
    }

    /// Whether `told` is `directory`, or stands for it.
    public static boolean isMeant(TopicId told, TopicId directory) {
        return told.equals(directory) || told.equals(unopened(directory));
    }

    /// The directory that `told` is, or stands for.
    ///
    /// @param directories those of its broker
    public static TopicId meant(TopicId told, Collection<TopicId> directories) {
        TopicId meant = unopened(told);
        return directories.contains(meant) ? meant : told;
    }

    public BrokerImage {
        endpoints = List.copyOf(endpoints);
        directories = List.copyOf(directories);
        scarceDirectories = List.copyOf(scarceDirectories);
    }

    /// As it registers: fenced, and with room in all its directories until it says otherwise. Which features it
    /// supports is not known.
    public static BrokerImage registered(int id, TopicId incarnation, long epoch, List<Endpoint> endpoints,
            @Nullable String rack, List<TopicId> directories) {
        return new BrokerImage(id, incarnation, epoch, endpoints, rack, directories, List.of(),
                SupportedFeatures.UNKNOWN, true, false);
    }

    /// The same with other features.
    public BrokerImage with(SupportedFeatures supported) {
        return new BrokerImage(id, incarnation, epoch, endpoints, rack, directories, scarceDirectories, supported,
                isFenced, isLeaving);
    }

    BrokerImage with(List<TopicId> usableDirectories, List<TopicId> withoutRoom) {
        return new BrokerImage(id, incarnation, epoch, endpoints, rack, usableDirectories, withoutRoom, features,
                isFenced, isLeaving);
    }

    BrokerImage with(boolean fenced, boolean leaving) {
        return new BrokerImage(id, incarnation, epoch, endpoints, rack, directories, scarceDirectories, features,
                fenced, leaving);
    }

    /// Whether what is in `directory` can be used; zero, when nobody knows where it is, counts as usable.
    public boolean hasDirectory(TopicId directory) {
        return directory.equals(TopicId.ZERO) || directories.contains(directory);
    }

    /// Whether the disk of `directory` has room for clients' records; zero, when nobody knows where it is, counts as
    /// the one with the most.
    public boolean hasRoom(TopicId directory) {
        return directory.equals(TopicId.ZERO)
                ? directories.isEmpty() || !scarceDirectories.containsAll(directories)
                : !scarceDirectories.contains(directory);
    }

    /// Whether it may become a leader.
    public boolean canLead() {
        return !isFenced && !isLeaving;
    }
}
