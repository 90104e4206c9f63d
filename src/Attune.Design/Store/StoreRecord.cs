using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Attune.Design.Store;

/// <summary>One line of the design store. Lines are only ever added; of two about the same thing the later one counts.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(DesignEntry), "design")]
[JsonDerivedType(typeof(MeasurementEntry), "measurement")]
[JsonDerivedType(typeof(ProfileEntry), "profile")]
[JsonDerivedType(typeof(FitEntry), "fit")]
[JsonDerivedType(typeof(FrontEntry), "front")]
[JsonDerivedType(typeof(AccuracyEntry), "accuracy")]
public abstract record StoreRecord
{
    /// <summary>The schema this build writes; a store that holds a newer one is refused.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Schema of the record.</summary>
    [JsonPropertyName("v")]
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>A design: what its id means.</summary>
public sealed record DesignEntry : StoreRecord
{
    /// <summary>Id of the design.</summary>
    public required string Design { get; init; }

    /// <summary>Family of its space.</summary>
    public required string Family { get; init; }

    /// <summary>Values by gene.</summary>
    public required ImmutableSortedDictionary<string, string> Genes { get; init; }
}

/// <summary>A measurement of a design on a device, or the finding that it does not run there.</summary>
public sealed record MeasurementEntry : StoreRecord
{
    /// <summary>Id of the design.</summary>
    public required string Design { get; init; }

    /// <summary>Family of its space.</summary>
    public required string Family { get; init; }

    /// <summary>Key of the device, as <see cref="DeviceKey.ToString"/> writes it.</summary>
    public required string Device { get; init; }

    /// <summary>How it ended.</summary>
    public required MeasurementStatus Status { get; init; }

    /// <summary>Milliseconds per inference: the least of the medians of several visits; null unless it ran.</summary>
    public double? Ms { get; init; }

    /// <summary>A tenth of the visits' medians are below this, milliseconds.</summary>
    public double? LowMs { get; init; }

    /// <summary>A tenth of the visits' medians are above this, milliseconds.</summary>
    public double? HighMs { get; init; }

    /// <summary>Visits.</summary>
    public int Visits { get; init; }

    /// <summary>Time of the anchor design during this measurement over its usual time: what <see cref="Ms"/> was divided by.</summary>
    public double Drift { get; init; } = 1;

    /// <summary>Joules per inference; null without a meter.</summary>
    public double? Joules { get; init; }

    /// <summary>Bytes in use at most: arena, workspace, packed weights, inputs and outputs; null unless it was compiled.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>Bytes of the weights as they are stored; null unless it was built.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Why it does not run; null when it does.</summary>
    public string? Message { get; init; }
}

/// <summary>Times of the execution units inside one design on a device.</summary>
public sealed record ProfileEntry : StoreRecord
{
    /// <summary>Key of the device.</summary>
    public required string Device { get; init; }

    /// <summary>Id of the design.</summary>
    public required string Design { get; init; }

    /// <summary>Milliseconds per execution by key of the unit, above 0.</summary>
    public required ImmutableSortedDictionary<string, double> Units { get; init; }
}

/// <summary>A latency predictor of a family on a device.</summary>
public sealed record FitEntry : StoreRecord
{
    /// <summary>Key of the device.</summary>
    public required string Device { get; init; }

    /// <summary>Family of the space.</summary>
    public required string Family { get; init; }

    /// <summary>Names of the terms.</summary>
    public required ImmutableArray<string> Terms { get; init; }

    /// <summary>Factors of the terms.</summary>
    public required ImmutableArray<double> Factors { get; init; }

    /// <summary>Designs it was fitted to.</summary>
    public required int Samples { get; init; }

    /// <summary>Designs it had never seen when its quality was measured; 0 when that was not done.</summary>
    public int HeldOut { get; init; }

    /// <summary>Share of the variance explained on those; null without.</summary>
    public double? RSquared { get; init; }

    /// <summary>Rank correlation on those; null without.</summary>
    public double? Spearman { get; init; }

    /// <summary>Mean relative error on those; null without.</summary>
    public double? RelativeError { get; init; }
}

/// <summary>A Pareto front on a device.</summary>
public sealed record FrontEntry : StoreRecord
{
    /// <summary>Key of the device.</summary>
    public required string Device { get; init; }

    /// <summary>Family of the space.</summary>
    public required string Family { get; init; }

    /// <summary>What its accuracies are, for example a table's name; rankings are named as such.</summary>
    public required string Accuracy { get; init; }

    /// <summary>Ids of the designs, fastest first.</summary>
    public required ImmutableArray<string> Designs { get; init; }

    /// <summary>Milliseconds of every design.</summary>
    public required ImmutableArray<double> Ms { get; init; }

    /// <summary>Accuracy of every design.</summary>
    public required ImmutableArray<double> Accuracies { get; init; }

    /// <summary>True when the milliseconds were measured, false when they were predicted.</summary>
    public required bool IsMeasured { get; init; }
}

/// <summary>Accuracy of a design as a program of the user told it.</summary>
public sealed record AccuracyEntry : StoreRecord
{
    /// <summary>Id of the design.</summary>
    public required string Design { get; init; }

    /// <summary>Who told it: the command.</summary>
    public required string Source { get; init; }

    /// <summary>The accuracy, in the source's unit; null when the program failed.</summary>
    public double? Value { get; init; }

    /// <summary>Its standard deviation; null when unknown.</summary>
    public double? Deviation { get; init; }

    /// <summary>Why there is none; null when there is.</summary>
    public string? Message { get; init; }
}
