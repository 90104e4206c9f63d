using Attune.Devices;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates;

/// <summary>From a workload to its space of configurations, and from a configuration to machine code. Thread-safe.</summary>
internal static class KernelTemplates
{
    private const int MaxSuggestions = 14;
    private const double SuggestionTolerance = 1.5;

    /// <summary>
    /// Goes up with the version of any template: for what depends on a whole model and so on all of them, such as the latency of a design. What depends on one
    /// kernel has the version of its own template, see <see cref="VersionOf(Configuration)"/>.
    /// </summary>
    public static int Generation { get; } = 2 + TemplateRegistry.All.Sum(template => template.Version - 1);

    /// <summary>
    /// The space of a workload: the union of the spaces of all templates that apply. Building it takes microseconds to milliseconds; keep it.
    /// </summary>
    /// <exception cref="ArgumentException">No template applies.</exception>
    public static Space CreateSpace(WeightedWorkload workload, KernelTarget target) =>
        Space.Union(
            TemplateRegistry.Chooser, [.. TemplateRegistry.Of(workload, target).Select(template => (template.Name, template.CreateSpace(workload, target)))]);

    /// <summary>Index of a sound configuration found without measuring anything; always valid.</summary>
    public static long DefaultIndex(WeightedWorkload workload, Space space, KernelTarget target) =>
        space.Parts[0].First + TemplateRegistry.Named(space.Parts[0].Name)!.Default(workload, space.Parts[0].Space, target);

    /// <summary>
    /// Valid points worth measuring early besides the default: a few for the other algorithms that can compute the workload, the most promising for this many
    /// threads first.
    /// </summary>
    public static IEnumerable<long> SuggestedIndices(WeightedWorkload workload, Space space, KernelTarget target, int threads = 1)
    {
        Suggestion[] all =
        [
            .. space.Parts.SelectMany(part => TemplateRegistry.Named(part.Name)!.Suggest(workload, part.Space, target, threads)
                .Select(suggestion => suggestion with { Index = part.First + suggestion.Index })),
        ];
        Suggestion[] counted = [.. all.Where(suggestion => suggestion.Cycles > 0).OrderBy(suggestion => suggestion.Cycles)];
        IEnumerable<Suggestion> promising = counted.TakeWhile(suggestion => suggestion.Cycles <= SuggestionTolerance * counted[0].Cycles).Take(MaxSuggestions);
        return all.Where(suggestion => suggestion.Cycles == 0).Concat(promising).Select(suggestion => suggestion.Index);
    }

    /// <summary>Compiles one configuration; the reason when the kernel is too large to be optimised.</summary>
    /// <exception cref="ArgumentException">The configuration is not valid for the workload.</exception>
    public static Result<CompiledKernel, string> Compile(
        WeightedWorkload workload, Configuration configuration, KernelSignature signature, KernelTarget target)
    {
        if (!configuration.Space.IsValid(configuration.Index))
        {
            throw new ArgumentException($"Configuration {configuration} is not valid for {workload.Key}.", nameof(configuration));
        }

        return CompiledKernel.From(Source(workload, configuration, signature, target), target);
    }

    /// <summary>
    /// Compiles the kernel of a workload that has no configurations to choose from: by the first template that applies and is not too large to be optimised.
    /// </summary>
    /// <exception cref="ArgumentException">No template applies.</exception>
    /// <exception cref="InvalidOperationException">None can be optimised.</exception>
    public static CompiledKernel Compile(Workload workload, KernelSignature signature, KernelTarget target)
    {
        string? refusal = null;
        foreach (ITemplate template in TemplateRegistry.Of(workload, target))
        {
            Configuration only = template.CreateSpace(workload, target)[0];
            Result<CompiledKernel, string> compiled = CompiledKernel.From(template.Build(workload, only, signature, target), target);
            if (compiled.Succeeded)
            {
                return compiled.Value;
            }

            refusal = compiled.Error;
        }

        throw new InvalidOperationException($"The kernel of {workload.Title} could not be compiled: {refusal}");
    }

    /// <summary>The programs of a workload that has no configurations to choose from, by the first template that applies.</summary>
    /// <exception cref="ArgumentException">No template applies.</exception>
    public static KernelSource Source(Workload workload, KernelSignature signature, KernelTarget target)
    {
        ITemplate template = TemplateRegistry.Of(workload, target)[0];
        return template.Build(workload, template.CreateSpace(workload, target)[0], signature, target);
    }

    /// <summary>True when the kernel of a configuration may have several phases, each of which must be compiled.</summary>
    public static bool HasSeveralPhases(Configuration configuration) => TemplateRegistry.Of(configuration).Template.HasSeveralPhases;

    /// <summary>Name and version of the template that a configuration belongs to, for example "winograd2/1": what records keep.</summary>
    public static string VersionOf(Configuration configuration) => Versioned(TemplateRegistry.Of(configuration).Template);

    /// <summary>Name and version of the template that a task's knobs belong to.</summary>
    /// <param name="task">Key of the task.</param>
    /// <param name="knobs">The configuration.</param>
    public static string VersionOf(string task, IReadOnlyDictionary<string, string> knobs)
    {
        string name = FormerKnobs.AlgorithmOf(task, knobs);
        return TemplateRegistry.Named(name) is { } template ? Versioned(template) : $"{name}/0";
    }

    /// <summary>True when a record's name and version are those of a template as it is now.</summary>
    public static bool IsCurrent(string version) => TemplateRegistry.All.Any(template => Versioned(template) == version);

    /// <summary>The canonical views a workload is measured with: input with just its padding as halo, dense output.</summary>
    public static KernelSignature CanonicalSignature(WeightedWorkload workload, Epilogue epilogue)
    {
        ConvolutionWorkload first = workload.Entry;
        ConvolutionWorkload last = workload.Exit;
        ActivationView input = ActivationView.Dense(first.InputLayout, first.InChannels, first.Height, first.Width, first.InputHalo, first.Lanes);
        ActivationView output = ActivationView.Dense(last.OutputLayout, last.OutChannels, last.OutHeight, last.OutWidth, default, last.Lanes);
        return new KernelSignature(input, output, output, epilogue) { Inner = workload is PairWorkload ? Epilogue.Typical : null };
    }

    internal static KernelSource Source(WeightedWorkload workload, Configuration configuration, KernelSignature signature, KernelTarget target)
    {
        (ITemplate template, Configuration own) = TemplateRegistry.Of(configuration);
        return template.Build(workload, own, signature, target);
    }

    private static string Versioned(ITemplate template) => $"{template.Name}/{template.Version}";
}
