package io.girok.controller;

/// Something that the cluster's one active controller is asked to decide.
///
/// @param <A> the answer
public sealed interface Command<A> permits CreateTopics, DeleteTopics, CreatePartitions, AlterConfigs, ReplaceConfigs,
        RegisterBroker, ConfirmBroker, FenceBroker, LeaveCluster, UnregisterBroker, FailDirectories, ReportSpace,
        AssignDirectories, AlterPartitions, RepairPartitions, ElectLeaders, AlterReassignments, BalanceLeaders,
        UpdateFeatures,
        CreateAcls, DeleteAcls, AlterScramCredentials, CreateToken, RenewToken, ExpireToken, RemoveExpiredTokens,
        AlterQuotas, AllocateProducerIds {}
