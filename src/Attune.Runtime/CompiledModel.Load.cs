using Attune.Kernels.Templates;

namespace Attune.Runtime;

/// <content>Loading from a file.</content>
public sealed partial class CompiledModel
{
    /// <summary>
    /// Loads a tuned model and compiles it for this machine. Kernels are compiled from the file's configurations; the file holds no code.
    /// </summary>
    /// <param name="path">Path of the .attune file.</param>
    /// <param name="options">Threads and vector width; null for the file's number of threads (at most the processors at hand) and the widest vectors.</param>
    /// <exception cref="TunedModelException">The file is missing, damaged, or of a newer version.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public static CompiledModel Load(string path, ModelOptions? options = null)
    {
        // The code generator must itself be compiled by the JIT once per process, which takes about as long as reading a model: do both at the same time.
        Task warmUp = Environment.ProcessorCount > 1 ? Task.Run(KernelTemplates.WarmUp) : Task.CompletedTask;
        TunedModel model = TunedModelFile.Load(path).OrThrow();
        CompiledModel compiled = Compile(model, options);
        warmUp.GetAwaiter().GetResult();
        return compiled;
    }

    /// <summary>Compiles a tuned model for this machine.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">As for <see cref="Load"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public static CompiledModel Compile(TunedModel model, ModelOptions? options = null)
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> configurations = model.Configurations.ToDictionary(c => c.Task, c => c.Knobs);
        ModelOptions wanted = options ?? new ModelOptions(Math.Min(model.Threads, Environment.ProcessorCount));
        return Compile(model.Network, configurations, wanted with { WithoutFusions = [.. wanted.WithoutFusions.Union(model.WithoutFusions)] });
    }
}
