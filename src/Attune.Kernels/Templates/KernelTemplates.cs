using System.Runtime.Intrinsics;
using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates;

/// <summary>From a workload to its space of configurations, and from a configuration to machine code. Thread-safe.</summary>
public static class KernelTemplates
{
    /// <summary>
    /// Version of this family of templates, kept in every record. Goes up whenever a configuration comes to mean another kernel or one of another speed, so that
    /// measurements of the old one are never taken for those of the new one.
    /// </summary>
    public const int Version = 2;

    /// <summary>Floats per vector of the widest vectors this machine runs well: 16, 8 or 4.</summary>
    public static int WidestLanes => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>The space of a workload. Building it takes microseconds to milliseconds; keep it.</summary>
    public static Space CreateSpace(ConvolutionWorkload workload) =>
        workload.DepthwiseBefore is not null ? DepthwisePointwiseTemplate.CreateSpace(workload)
        : workload.IsDepthwise ? DepthwiseTemplate.CreateSpace(workload) : DirectSpace.Create(workload);

    /// <summary>Index of a sound configuration found without measuring anything; always valid.</summary>
    public static long DefaultIndex(ConvolutionWorkload workload, Space space) =>
        workload.DepthwiseBefore is not null ? DepthwisePointwiseTemplate.Default(workload, space)
        : workload.IsDepthwise ? DepthwiseTemplate.Default(workload, space) : DirectSpace.Default(workload, space);

    /// <summary>Valid points worth measuring early besides the default: a few for the other algorithms that can compute the workload, the most promising for this many threads first.</summary>
    public static IEnumerable<long> SuggestedIndices(ConvolutionWorkload workload, Space space, int threads = 1) => AlgorithmSuggestions.Of(workload, space, threads);

    /// <summary>Compiles one configuration; null and the reason when the kernel is too large to be optimised.</summary>
    /// <exception cref="ArgumentException">The configuration is not valid for the workload.</exception>
    public static CompiledKernel? Compile(ConvolutionWorkload workload, Configuration configuration, KernelBinding binding, out string? refusal)
    {
        if (!configuration.Space.IsValid(configuration.Index))
        {
            throw new ArgumentException($"Configuration {configuration} is not valid for {workload.Key}.", nameof(configuration));
        }

        return CompiledKernel.From(Source(workload, configuration, binding), out refusal);
    }

    /// <summary>True when the kernel of a configuration has several phases, each of which the JIT compiles.</summary>
    public static bool HasSeveralPhases(Configuration configuration) => configuration.Space.Has("algorithm") && configuration.Value("algorithm") != 0;

    internal static KernelSource Source(ConvolutionWorkload workload, Configuration configuration, KernelBinding binding)
    {
        if (workload.DepthwiseBefore is not null)
        {
            return DepthwisePointwiseTemplate.Build(workload, configuration, binding);
        }

        if (workload.IsDepthwise)
        {
            return KernelSource.Of(DepthwiseTemplate.Build(workload, configuration, binding));
        }

        if (StrassenPlan.IsSelected(configuration))
        {
            return StrassenTemplate.Build(workload, configuration, binding);
        }

        return WinogradPlan.IsSelected(configuration)
            ? WinogradTemplate.Build(workload, configuration, binding)
            : KernelSource.Of(DirectTemplate.Build(workload, configuration, binding));
    }

    /// <summary>The canonical views a workload is measured with: input with just its padding as halo, dense output.</summary>
    public static KernelBinding CanonicalBinding(ConvolutionWorkload w, Epilogue epilogue)
    {
        ConvolutionWorkload first = w.DepthwiseBefore ?? w;
        ActivationView input = ActivationView.Dense(first.InputLayout, first.InChannels, first.Height, first.Width, first.Padding, w.Lanes);
        ActivationView output = ActivationView.Dense(w.OutputLayout, w.OutChannels, w.OutHeight, w.OutWidth, default, w.Lanes);
        return new KernelBinding(input, output, output, epilogue) { Inner = w.DepthwiseBefore is null ? null : Epilogue.Typical };
    }
}
