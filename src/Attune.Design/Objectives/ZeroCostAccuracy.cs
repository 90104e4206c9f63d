using System.Collections.Immutable;
using Attune.Design.Search;
using Attune.Design.Spaces;
using Attune.Design.Units;
using Attune.Devices;

namespace Attune.Design.Objectives;

/// <summary>
/// A ranking that costs nothing: larger networks of one family tend to be more accurate. The logarithm of multiply-adds, of weights, or of both together. No
/// accuracy, and labelled so wherever it is reported.
/// </summary>
public sealed class ZeroCostAccuracy : IAccuracy, IDesignModel
{
    private readonly string score;
    private readonly UnitSum flops;
    private readonly UnitSum weights;

    /// <summary>Makes the ranking.</summary>
    /// <param name="score">One of <see cref="Scores"/>.</param>
    /// <param name="encoder">Gives the units of a design.</param>
    /// <exception cref="ArgumentException">There is no such score.</exception>
    public ZeroCostAccuracy(string score, UnitEncoder encoder)
    {
        this.score = Scores.Contains(score)
            ? score
            : throw new ArgumentException($"There is no zero-cost score '{score}'; there are {string.Join(", ", Scores)}.", nameof(score));
        flops = new UnitSum(encoder, unit => unit.Flops);
        weights = new UnitSum(encoder, unit => unit.Workload?.WeightCount ?? 0);
    }

    /// <summary>The scores there are.</summary>
    public static ImmutableArray<string> Scores { get; } = ["capacity", "flops", "weights"];

    /// <inheritdoc/>
    public string Name => $"zero-cost {score} (ranking only)";

    /// <inheritdoc/>
    public bool IsRankOnly => true;

    /// <inheritdoc/>
    public bool IsFast => true;

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<int> genes) => score switch
    {
        "flops" => Math.Log10(flops.Predict(genes)),
        "weights" => Math.Log10(weights.Predict(genes)),
        _ => (Math.Log10(flops.Predict(genes)) + Math.Log10(weights.Predict(genes))) / 2,
    };

    /// <inheritdoc/>
    public Task<Result<KnownAccuracy, string>> AskAsync(SpacePoint point, CancellationToken cancellation)
    {
        double value = Predict(point.Choices.AsSpan());
        return Task.FromResult<Result<KnownAccuracy, string>>(double.IsFinite(value) ? new KnownAccuracy(value, null) : "the design cannot be built");
    }
}
