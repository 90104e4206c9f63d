using System.Collections.Immutable;
using Attune.Devices;
using Attune.Runtime;
using Attune.Runtime.Stages;

namespace Attune.Cohort.Live;

/// <summary>
/// A compiled model cut into stages. Variant v of a stage runs each of its layers in the cheapest form that the layer has up to form v, so variant 0 is exact.
/// </summary>
internal sealed class StagedNetwork : IStagedNetwork
{
    private readonly StagedInference inference;
    private readonly ImmutableArray<Stage> stages;
    private readonly ImmutableArray<FormedLayer> layers;

    /// <summary>Cuts a model; it stays the caller's.</summary>
    /// <exception cref="InvalidOperationException">It cannot run stage by stage.</exception>
    public StagedNetwork(CompiledModel model, StageLayout layout)
    {
        inference = model.CreateStaged();
        stages = layout.Stages;
        layers = model.LayersWithForms;
        Variants = VariantsOf(model);
    }

    /// <summary>Variants of a model, the exact one included.</summary>
    public static int VariantsOf(CompiledModel model) => model.LayersWithForms.SelectMany(layer => layer.Forms).DefaultIfEmpty().Max() + 1;

    /// <inheritdoc/>
    public int Stages => stages.Length;

    /// <summary>Variants, the exact one included.</summary>
    public int Variants { get; }

    /// <inheritdoc/>
    public int MaxThreads => inference.MaxThreads;

    /// <summary>True when a variant changes anything in a stage.</summary>
    public bool Touches(int stage, int variant) => stages[stage].Layers.Any(layer => FormOf(layer, variant) != 0);

    /// <inheritdoc/>
    public void Begin(ReadOnlySpan<float> input)
    {
        inference.Restart();
        if (!input.IsEmpty)
        {
            input.CopyTo(inference.Input(0));
        }
    }

    /// <inheritdoc/>
    public void Run(int stage, int variant, ThreadTeam team, int threads)
    {
        Stage piece = stages[stage];
        foreach (int layer in piece.Layers)
        {
            inference.Forms[layer] = FormOf(layer, variant);
        }

        inference.RunTo(piece.End, team, threads);
    }

    /// <inheritdoc/>
    public void Finish(Span<float> output)
    {
        if (!output.IsEmpty)
        {
            inference.ReadOutput(0, output);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => inference.Dispose();

    private byte FormOf(int layer, int variant)
    {
        byte best = 0;
        foreach (int form in layers[layer].Forms)
        {
            best = form <= variant ? (byte)form : best;
        }

        return best;
    }
}
