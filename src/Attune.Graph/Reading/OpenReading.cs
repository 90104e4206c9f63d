using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Graph.Reading;

/// <summary>Keeps a graph as it is before its shapes are fixed.</summary>
internal static class OpenReading
{
    /// <summary>The graph with what its inputs may be; null when all their shapes are fixed, one has no element type, or values are of 4 bits.</summary>
    /// <param name="raw">A sorted graph.</param>
    public static OpenNetwork? Of(RawGraph raw)
    {
        // Which values are narrower than what holds them is known to this reading alone.
        if (raw.Narrow.Count > 0 || raw.Inputs.All(static input => input.Static is not null)
            || raw.Inputs.Any(static input => input.Element == DataType.Undefined))
        {
            return null;
        }

        var network = new Network(
            raw.Name, [.. raw.Inputs.Select(GraphConverter.Value)], [.. raw.Outputs.Select(GraphConverter.Value)], raw.Nodes, raw.Constants,
            ImmutableDictionary<string, TensorType>.Empty);
        return new OpenNetwork(StatedTypes.Of(network), [.. raw.Inputs.Select(static input => new OpenInput(
            input.Name, input.Element,
            input.Extents is null ? null : [.. input.Extents.Select(static extent => new OpenExtent(extent.Value, extent.Symbol))]))]);
    }
}
