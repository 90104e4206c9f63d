using Attune.Compile.Forms;

namespace Attune.Compile.LowRank;

/// <summary>A layer that got a cheaper form.</summary>
/// <param name="Node">Name of its exact node.</param>
/// <param name="Form">Number of the form.</param>
/// <param name="Split">How its weights were cut; <see cref="LowRankSplit.Channels"/> for a matrix.</param>
/// <param name="Rank">Channels between the two halves, all groups together.</param>
/// <param name="MacShare">Multiplications of the form over those of the exact layer.</param>
/// <param name="RelativeError">Error of the weights: Frobenius norm of the difference over that of the weights.</param>
public sealed record LowRankLayer(string Node, int Form, LowRankSplit Split, int Rank, double MacShare, double RelativeError)
    : LayerForm(Node, Form)
{
    /// <summary>
    /// Error of the layer's products with typical inputs: root mean square of the difference over that of the products, before bias and activation; null where
    /// the factors follow from the weights alone.
    /// </summary>
    public double? OutputError { get; init; }
}
