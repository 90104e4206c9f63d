using System.Collections.Concurrent;
using Attune.Compile;
using Attune.Design.Spaces;
using Attune.Devices;
using Attune.Kernels.Targets;

namespace Attune.Design.Units;

/// <summary>
/// The generic encoder: builds a design's graph, runs the tuner's own passes and partition, and counts execution units. Needs no code per family. Results are
/// kept; safe to share between threads.
/// </summary>
/// <param name="networks">Makes the networks.</param>
/// <param name="batch">Images per inference.</param>
/// <param name="target">What kernels would be generated for.</param>
public sealed class UnitEncoder(DesignNetworks networks, int batch, KernelTarget target)
{
    private readonly ConcurrentDictionary<SpacePoint, (EncodedDesign? Design, string? Problem)> known = new();

    /// <summary>The space.</summary>
    public DesignSpace Space => networks.Space;

    /// <summary>The encoding of a design, or null and the reason when it cannot be built.</summary>
    /// <param name="point">The design.</param>
    /// <param name="cancellation">Ends a program of the user early.</param>
    public async Task<(EncodedDesign? Design, string? Problem)> EncodeAsync(SpacePoint point, CancellationToken cancellation)
    {
        SpacePoint canonical = Space.Canonical(point);
        if (!known.TryGetValue(canonical, out (EncodedDesign? Design, string? Problem) found))
        {
            Result<BuiltDesign, string> built = await networks.SketchAsync(canonical, batch, cancellation);
            found = built.Succeeded
                ? (Encoded(built.Value), null)
                : (null, built.Error);
            known[canonical] = found;
        }

        return found;
    }

    private EncodedDesign Encoded(BuiltDesign built) =>
        new(ModelUnit.Of(built.Fused, target, built.FormatOf), ModelFootprint.Of(built.Fused, target, built.FormatOf));
}
