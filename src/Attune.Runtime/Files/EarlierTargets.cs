using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels;
using Attune.Runtime.Files.Json;
using Attune.Runtime.Files.Sources;
using Attune.Runtime.Files.Weights;

namespace Attune.Runtime.Files;

/// <summary>What the file that is about to be replaced says about devices. Stateless.</summary>
internal static class EarlierTargets
{
    /// <summary>Its targets on other devices when it is a tuned model of the same network with the same weights; else nothing.</summary>
    /// <param name="path">The file; it need not exist, nor be a tuned model.</param>
    /// <param name="model">What is going to be written there.</param>
    public static ImmutableArray<TunedTarget> Of(string path, TunedModel model)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        Result<Found, TunedModelError> found = TunedModelFile.Try(
            ModelOrigin.File(path),
            () =>
            {
                using var source = new FileSource(path);
                (ImmutableArray<TunedTarget> targets, ManifestEntry stored, ManifestEntry weights) = TunedModelReader.ReadTargets(source);
                return new Found([.. targets.Where(target => !model.IsFor(target))], stored, weights);
            });
        return found is { Succeeded: true, Value: { Targets.IsEmpty: false } other } && other.Holds(model.Network) ? other.Targets : [];
    }

    private sealed record Found(ImmutableArray<TunedTarget> Targets, ManifestEntry Network, ManifestEntry Weights)
    {
        // Hashing all weights takes a moment; most files differ before that.
        public bool Holds(Network network)
        {
            var layout = new WeightLayout();
            byte[] text = NetworkJsonWriter.Write(network, layout);
            return Network.Length == text.LongLength && Network.Sha256.SequenceEqual(WeightTransfer.Hash(text))
                && Weights.Length == layout.Length && Weights.Sha256.SequenceEqual(WeightTransfer.Hash(layout));
        }
    }
}
