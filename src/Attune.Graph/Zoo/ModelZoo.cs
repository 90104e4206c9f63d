using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Graph.Faults;
using Attune.Kernels;
using Attune.Numerics.Words;

namespace Attune.Graph.Zoo;

/// <summary>
/// Well-known networks with seeded weights, for trying and measuring without downloading anything, 32-bit floats. Image classifiers: 3 x 224 x 224
/// inputs, 1000 classes, operator set 13, no softmax at the end; architectures as in torchvision, MobileNet v1 as in its paper. bert_layer: one
/// encoder layer of BERT-base on 128 tokens, operator set 17.
/// </summary>
public static class ModelZoo
{
    private static readonly ImmutableArray<(string Name, Func<Layers, Network> Build)> Entries =
    [
        ("alexnet", PlainNetworks.AlexNet),
        ("resnet18", ResNet.Eighteen),
        ("vgg16", PlainNetworks.Vgg16),
        ("mobilenet_v1", MobileNets.First),
        ("squeezenet_v1.1", BranchingNetworks.SqueezeNet),
        ("resnet50", ResNet.Fifty),
        ("mobilenet_v2", MobileNets.Second),
        ("googlenet", BranchingNetworks.GoogLeNet),
        ("vgg19", PlainNetworks.Vgg19),
        ("bert_layer", BertLayer.Build),
    ];

    /// <summary>What names of these networks begin with where a file could be named too.</summary>
    public const string Prefix = "zoo:";

    /// <summary>Names of all networks; the first five are those that the papers on tuning measure.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Entries.Select(entry => entry.Name)];

    /// <summary>Builds a network.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="seed">Seed of the weights; equal seeds give equal weights everywhere.</param>
    /// <param name="batch">Images per inference, at least 1.</param>
    /// <exception cref="ArgumentException">No such network; the message suggests the nearest name.</exception>
    public static Network Create(string name, int seed = 0, int batch = 1) =>
        TryCreate(name, seed, batch, out Network? network, out ModelFault? fault) ? network : throw new ArgumentException(fault.ToString(), nameof(name));

    /// <summary>Builds a network, or tells what is wrong with the name.</summary>
    /// <param name="name">One of <see cref="Names"/>, in any case.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="batch">Images per inference, at least 1.</param>
    /// <param name="network">The network.</param>
    /// <param name="fault">Why there is none, with the nearest name.</param>
    public static bool TryCreate(string name, int seed, int batch, [NotNullWhen(true)] out Network? network, [NotNullWhen(false)] out ModelFault? fault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        network = null;
        fault = null;
        foreach ((string known, Func<Layers, Network> build) in Entries)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                network = build(new Layers(known, seed, batch));
                return true;
            }
        }

        string nearest = Names.MinBy(known => NearMiss.Distance(Plain(name), Plain(known)))!;
        fault = new ModelFault(
            FaultCodes.UnknownZooName,
            $"The zoo has no network '{name}'. Did you mean '{nearest}'?",
            $"zoo:{name}",
            $"Choose one of {string.Join(", ", Names)}.");
        return false;

        static string Plain(string text) => string.Concat(text.ToLowerInvariant().Where(char.IsLetterOrDigit));
    }
}
