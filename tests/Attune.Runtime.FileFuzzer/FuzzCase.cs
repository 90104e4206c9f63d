using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Runtime.Files;
using Attune.Runtime.Files.Json;
using Attune.Runtime.Files.Weights;

namespace Attune.Runtime.FileFuzzer;

/// <summary>One file, made from a sample by its number alone: the same number gives the same file.</summary>
/// <param name="models">The samples.</param>
internal sealed class FuzzCase(ImmutableArray<TunedModel> models)
{
    /// <summary>Writes the file of a case.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="seed">Seed of the campaign.</param>
    /// <param name="path">Where to.</param>
    /// <returns>What was done to the sample.</returns>
    public string Write(int number, int seed, string path)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        TunedModel model = models[random.Next(models.Length)];
        File.Delete(path);
        if (random.Next(2) == 0 && NetworkMutation.Apply(model.Network, random) is { } changed)
        {
            TunedModelFile.Save(path, model with { Network = changed });
            return $"{model.Network.Name}, consistent";
        }

        WriteRaw(path, model, random);
        return $"{model.Network.Name}, raw";
    }

    private static void WriteRaw(string path, TunedModel model, Random random)
    {
        var weights = new WeightLayout();
        byte[] network = NetworkJsonWriter.Write(model.Network, weights);
        byte[] configurations = JsonSerializer.SerializeToUtf8Bytes(model.Configurations, ModelJson.Default.ImmutableArrayTunedConfiguration);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            switch (random.Next(8))
            {
                case 0:
                    configurations = Changed(configurations, random);
                    break;
                case 1:
                    model = model with
                    {
                        Threads = (int)Values.Extent(random, model.Threads),
                        VectorLanes = random.Next(3) == 0 ? random.Next(20) : model.VectorLanes,
                    };
                    break;
                default:
                    network = Changed(network, random);
                    break;
            }
        }

        TunedModelWriter.Assemble(path, TunedModelWriter.ManifestOf(model, network, configurations, weights), network, configurations, weights);
    }

    private static byte[] Changed(byte[] json, Random random)
    {
        JsonNode root = JsonNode.Parse(json)!;
        JsonMutation.Apply(root, random);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }
}
