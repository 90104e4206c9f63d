using Attune.Design.Store;
using Attune.Records;

namespace Attune.Design.Flow;

/// <summary>Where the work on a family of models is kept, and what it may do. Immutable.</summary>
public sealed record DesignWorkspaceOptions
{
    /// <summary>Path of designs, measurements and fits to go on from and to append to. Default: beside the tuning records.</summary>
    public string Store { get; init; } = DesignStore.DefaultPath();

    /// <summary>Path of the tuning records, for devices with tuned kernels. Default: the journal in the user's data folder.</summary>
    public string Records { get; init; } = RecordFolder.DefaultJournal();

    /// <summary>True to run the program that a space names to build its models. Default: false.</summary>
    public bool AllowPrograms { get; init; }

    /// <summary>Time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
