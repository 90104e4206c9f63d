using Attune.Design.Spaces;
using Attune.Devices;

namespace Attune.Design.Objectives;

/// <summary>A source of accuracies. Expected failures (no entry, a program that hangs) are answers.</summary>
public interface IAccuracy
{
    /// <summary>What it is, for reports.</summary>
    string Name { get; }

    /// <summary>True when its values only rank designs and are no accuracies: reports must say so.</summary>
    bool IsRankOnly { get; }

    /// <summary>True when an answer takes milliseconds at most, so that a search may ask for every design.</summary>
    bool IsFast { get; }

    /// <summary>Asks about one design; the reason when the source knows no accuracy.</summary>
    /// <param name="point">The design.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<Result<KnownAccuracy, string>> AskAsync(SpacePoint point, CancellationToken cancellation);
}
