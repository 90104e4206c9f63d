using System.Collections.Concurrent;
using Attune.Compile;
using Attune.Design.Search;
using Attune.Design.Spaces;

namespace Attune.Design.Units;

/// <summary>
/// A quantity of a design that is a sum over its execution units: predicted latency, floating-point operations, weights. For spaces with a template the sums of
/// the network's parts are kept, so that searches ask a hundred thousand times a second; for others every design is built once. NaN for designs that cannot be
/// built. Thread-safe.
/// </summary>
/// <param name="encoder">Gives the units of a design.</param>
/// <param name="value">What a unit adds.</param>
/// <param name="constant">What every design has.</param>
public sealed class UnitSum(UnitEncoder encoder, Func<ModelUnit, double> value, double constant = 0) : IDesignModel
{
    private readonly TemplateParts? parts = encoder.Space.Build is TemplateBuild { Template: var template } ? new TemplateParts(encoder.Space, template) : null;
    private readonly ConcurrentDictionary<BlockKey, double> sums = new();

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<int> genes)
    {
        if (parts is null)
        {
            return Whole(new SpacePoint([.. genes]));
        }

        Span<BlockKey> keys = stackalloc BlockKey[parts.Max];
        int count = parts.Of(genes, keys);
        double sum = constant;
        for (int i = 0; i < count; i++)
        {
            if (!sums.TryGetValue(keys[i], out double part))
            {
                return Learn(new SpacePoint([.. genes]), keys[..count]);
            }

            sum += part;
        }

        return sum;
    }

    /// <summary>The quantity of a design.</summary>
    public double Predict(SpacePoint point) => Predict(encoder.Space.Canonical(point).Choices.AsSpan());

    /// <summary>The quantity of a design from its whole network.</summary>
    internal double Whole(SpacePoint point) => Encoded(point) is { } design ? constant + design.Units.Sum(value) : double.NaN;

    private double Learn(SpacePoint point, ReadOnlySpan<BlockKey> keys)
    {
        if (Encoded(point) is not { } design)
        {
            return double.NaN;
        }

        int[] places = TemplateParts.Assign(design.Units);
        double[] partial = new double[keys.Length];
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] >= partial.Length)
            {
                throw new InvalidOperationException(
                    $"The unit '{design.Units[i].Name}' of a design of '{encoder.Space.Family}' belongs to no part of its template.");
            }

            partial[places[i]] += value(design.Units[i]);
        }

        for (int i = 0; i < partial.Length; i++)
        {
            sums.TryAdd(keys[i], partial[i]);
        }

        return constant + partial.Sum();
    }

    // Templates answer at once; a program of the user is waited for.
    private EncodedDesign? Encoded(SpacePoint point) => encoder.EncodeAsync(point, CancellationToken.None).GetAwaiter().GetResult().Design;
}
