using Attune.Design.Search;
using Attune.Design.Spaces;
using Attune.Devices;

namespace Attune.Design.Objectives;

/// <summary>
/// Accuracies of designs with a quantisation policy: that of the same design in floats, less what each quantised part loses by itself. That losses add up is an
/// assumption; finalists should be trained and measured. Thread-safe where the source is.
/// </summary>
/// <param name="floats">Accuracies of designs in floats.</param>
/// <param name="model">The same by genes.</param>
/// <param name="losses">Losses by part.</param>
public sealed class PolicyAccuracy(IAccuracy floats, IDesignModel model, StageLosses losses) : IAccuracy, IDesignModel
{
    /// <inheritdoc/>
    public string Name => $"{floats.Name}, less the losses of {losses.Name}";

    /// <inheritdoc/>
    public bool IsRankOnly => floats.IsRankOnly;

    /// <inheritdoc/>
    public bool IsFast => floats.IsFast;

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<int> genes) => model.Predict(losses.InFloats(genes).Choices.AsSpan()) - losses.Of(genes);

    /// <inheritdoc/>
    public async Task<Result<KnownAccuracy, string>> AskAsync(SpacePoint point, CancellationToken cancellation)
    {
        if (losses.Missing(point) is { } missing)
        {
            return $"{losses.Name} does not tell what {missing} loses";
        }

        Result<KnownAccuracy, string> known = await floats.AskAsync(losses.InFloats(point.Choices.AsSpan()), cancellation);
        return known.Succeeded ? known.Value with { Value = known.Value.Value - losses.Of(point.Choices.AsSpan()) } : known;
    }
}
