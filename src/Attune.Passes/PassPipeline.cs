using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Passes;

/// <summary>Passes in order.</summary>
/// <param name="Passes">The passes, run from first to last.</param>
public sealed record PassPipeline(ImmutableArray<IGraphPass> Passes)
{
    /// <summary>
    /// What tuning works on: constants folded, batch norms gone, convolutions and matrix products fused with bias, residual and activation,
    /// layer norms and attention recognised, recurrent layers split, quantised networks in one form.
    /// The order matters: a residual is looked for before an activation, as residual networks need it.
    /// </summary>
    public static PassPipeline Default { get; } = new(
    [
        new ConstantFolding { LeavesQuantisedWeights = true },
        new IdentityRemoval(),
        new DeadCodeRemoval(),
        new QuantisedForms(),
        new LayerNormFusion(),
        new AttentionFusion(),
        new TransposedConvolutionRewriting(),
        new RecurrentSplitting(),
        new ExplicitPadding(),
        new PaddingFolding(),
        new BatchNormFolding(),
        new WeightedFusion(),
        new AffineFolding(),
        new AffineForwarding(),
        new ProjectionMerging(),
        new ResidualFusion(),
        new ActivationFusion(),
        new ConstantFolding(),
        new DeadCodeRemoval(),
    ]);

    /// <summary>The pipeline without the passes of some fusions. Fusions of the execution plan have no pass and change nothing here.</summary>
    /// <param name="fusions">Names as in <see cref="Fusions"/>.</param>
    /// <exception cref="ArgumentException">There is no such fusion.</exception>
    public PassPipeline Without(IEnumerable<string> fusions)
    {
        var passes = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in fusions)
        {
            Fusion fusion = Fusions.Find(name) ?? throw new ArgumentException(
                $"There is no fusion '{name}'; there are {string.Join(", ", Fusions.All.Select(known => known.Name))}.", nameof(fusions));
            passes.Add(fusion.Pass ?? string.Empty);
        }

        return new PassPipeline([.. Passes.Where(pass => !passes.Contains(pass.Name))]);
    }

    /// <summary>Runs all passes.</summary>
    /// <param name="network">A network that the verifier accepts.</param>
    /// <param name="observer">Called after each pass with the pass and its result; null for none. Tests verify here.</param>
    public Network Run(Network network, Action<IGraphPass, Network>? observer = null)
    {
        foreach (IGraphPass pass in Passes)
        {
            network = pass.Run(network);
            observer?.Invoke(pass, network);
        }

        return network;
    }
}
