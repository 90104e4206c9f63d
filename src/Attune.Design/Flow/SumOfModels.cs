using System.Collections.Immutable;
using Attune.Design.Search;

namespace Attune.Design.Flow;

/// <summary>The sum of several predictions and a constant. Thread-safe when its parts are.</summary>
/// <param name="parts">The predictions.</param>
/// <param name="constant">Added to their sum.</param>
internal sealed class SumOfModels(ImmutableArray<Units.UnitSum> parts, double constant) : IDesignModel
{
    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<int> genes)
    {
        double sum = constant;
        foreach (Units.UnitSum part in parts)
        {
            sum += part.Predict(genes);
        }

        return sum;
    }
}
