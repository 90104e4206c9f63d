using System.Collections.Immutable;

namespace Attune.Compile.Quantisation.Mixed;

/// <summary>A layer and the precisions to choose from.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Sources">
/// Positions of the layers before it whose results reach it without leaving their form, all below its own. Its input has to be turned into another form where
/// one of them is in another, and always where there are none.
/// </param>
/// <param name="Forms">The precisions, floats among them.</param>
public sealed record LayerForms(string Node, ImmutableArray<int> Sources, ImmutableArray<PrecisionForm> Forms);
