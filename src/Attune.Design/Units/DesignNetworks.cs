using Attune.Compile.Quantisation;
using Attune.Design.Spaces;
using Attune.Devices;
using Attune.Graph;
using Attune.Graph.Zoo.Families;
using Attune.Kernels;
using Attune.Measuring.Programs;
using Attune.Passes;

namespace Attune.Design.Units;

/// <summary>
/// Makes the networks of a space's designs, from its template or by its program. Programs run only when that was allowed; each design's file is kept in a
/// folder under the design's id, so that nothing is built twice. Safe to share between threads.
/// </summary>
/// <param name="space">The space.</param>
/// <param name="folder">Where files of programs are kept; not used by templates.</param>
/// <param name="allowPrograms">True when the user allowed to run the space's program.</param>
/// <param name="clock">Time.</param>
/// <param name="seed">Seed of the weights of templates.</param>
public sealed class DesignNetworks(DesignSpace space, string folder, bool allowPrograms, TimeProvider clock, int seed = 0)
{
    private const int SampleCount = 4;

    /// <summary>The space.</summary>
    public DesignSpace Space => space;

    /// <summary>True when designs are built in this process, in milliseconds.</summary>
    public bool IsTemplate => space.Build is TemplateBuild;

    /// <summary>The network with its weights; the reason when it cannot be built, which is a result like any other, never a latency.</summary>
    /// <param name="point">A design.</param>
    /// <param name="batch">Images per inference; programs decide that themselves and must answer with this number.</param>
    /// <param name="cancellation">Ends a program early.</param>
    public Task<Result<BuiltDesign, string>> BuildAsync(SpacePoint point, int batch, CancellationToken cancellation) =>
        MakeAsync(point, batch, weights: true, cancellation);

    /// <summary>The network without its weights' values where a template can do that: for encoding.</summary>
    /// <param name="point">A design.</param>
    /// <param name="batch">Images per inference.</param>
    /// <param name="cancellation">Ends a program early.</param>
    public Task<Result<BuiltDesign, string>> SketchAsync(SpacePoint point, int batch, CancellationToken cancellation) =>
        MakeAsync(point, batch, weights: false, cancellation);

    private async Task<Result<BuiltDesign, string>> MakeAsync(SpacePoint point, int batch, bool weights, CancellationToken cancellation)
    {
        if (space.Problem(point) is { } broken)
        {
            return $"the space's rules forbid it: {broken}";
        }

        return space.Build switch
        {
            TemplateBuild { Template: var template } => FromTemplate(template.Of(space, point, batch), weights),
            CommandBuild command => await FromProgramAsync(command, point, batch, cancellation),
            _ => $"the space '{space.Family}' only encodes designs; it has no 'build' that makes networks",
        };
    }

    private Result<BuiltDesign, string> FromTemplate(TemplateDesign design, bool weights)
    {
        try
        {
            Network floats = weights ? MobileNetFamily.Build(design.Shape, seed) : MobileNetFamily.Sketch(design.Shape);
            Result<Network, QuantiseError> source = design.Precisions.IsEmpty ? floats
                : weights ? PolicyQuantiser.Apply(floats, design.PrecisionOf, Samples(floats))
                : PolicyQuantiser.Sketch(floats, design.PrecisionOf);
            return !source.Succeeded ? source.Error.Message : new BuiltDesign(source.Value, PassPipeline.Default.Run(source.Value), design.FormatOf)
            {
                Narrow = [.. design.Precisions.Select(part => part.Precision).Distinct()],
            };
        }
        catch (ArgumentException impossible)
        {
            return impossible.Message;
        }
    }

    // Weights are random, so ranges of activations come from random images.
    private Dictionary<string, Tensor>[] Samples(Network network)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, SampleCount).Select(_ => network.Inputs.ToDictionary(input => input.Name, input =>
        {
            float[] numbers = new float[input.Type.Shape.Count];
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = (random.NextSingle() * 2) - 1;
            }

            return Tensor.Of(input.Type.Shape, numbers);
        }))];
    }

    private async Task<Result<BuiltDesign, string>> FromProgramAsync(CommandBuild command, SpacePoint point, int batch, CancellationToken cancellation)
    {
        if (!allowPrograms)
        {
            return $"the space builds its networks with a program ({string.Join(' ', command.Command)}), which was not allowed to run";
        }

        string model = Path.Combine(folder, $"{space.IdOf(point)}.onnx");
        if (!File.Exists(model) && await RunAsync(command, point, model, cancellation) is { } problem)
        {
            return problem;
        }

        Result<ReadModel, UnreadableModel> read = OnnxReader.Read(model, ReadOptions.Default);
        if (!read.Succeeded)
        {
            return $"the program's model cannot be used: {read.Error.Faults[0]}";
        }

        Network source = read.Value.Network;
        if (source.Inputs.FirstOrDefault() is { } input && input.Type.Shape.Rank > 0 && input.Type.Shape[0] != batch)
        {
            return $"the program's model takes {input.Type.Shape[0]} images per inference, not {batch}";
        }

        return new BuiltDesign(source, PassPipeline.Default.Run(source), _ => WeightFormat.F32);
    }

    private async Task<string?> RunAsync(CommandBuild command, SpacePoint point, string model, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        string design = DesignFile.Write(folder, space, point);
        string partial = $"{model}.{Environment.ProcessId}.part";
        ProgramRun run = await UserProgram.RunAsync(
            [.. command.Command.Select(word => word.Replace("{design}", design).Replace("{model}", partial))], command.Limit, clock, cancellation);
        if (run.Problem is { } problem)
        {
            File.Delete(partial);
            return problem;
        }

        if (!File.Exists(partial))
        {
            return $"'{command.Command[0]}' ended well but wrote no model to {{model}}";
        }

        File.Move(partial, model, overwrite: true);
        return null;
    }
}
