using System.Diagnostics;
using Attune.Kernels.Templates;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;

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
        long start = Stopwatch.GetTimestamp();
        using OpenedModel opened = TunedModelFile.Try(path, () => TunedModelReader.OpenModel(path), out TunedModelError? error) ?? throw new TunedModelException(error!);
        try
        {
            return Compile(opened, options, start);
        }
        catch (FileDefectException defect)
        {
            throw new TunedModelException(FileErrors.Reading(defect, path), defect);
        }
        catch (IOException exception)
        {
            throw new TunedModelException(FileErrors.Reading(exception, path), exception);
        }
    }

    /// <summary>What the file says besides its weights: where it was tuned, and how; its network has lost its constants. Null when the model was not loaded from a file.</summary>
    public TunedModel? Tuned { get; private init; }

    /// <summary>Compiles a tuned model for this machine.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">As for <see cref="Load"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public static CompiledModel Compile(TunedModel model, ModelOptions? options = null)
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> configurations = ConfigurationsOf(model);
        return Compile(model.Network, configurations, OptionsFor(model, options));
    }

    private static CompiledModel Compile(OpenedModel opened, ModelOptions? options, long start)
    {
        TunedModel model = opened.Model;
        ModelOptions resolved = OptionsFor(model, options).Resolve();
        var checking = new ThreadTime();
        var queue = new LoadQueue();
        queue.AddLast(checking, new PackingWork(opened.Parts, (part, _) => opened.Sum(part)));
        CompiledModel? compiled = null;
        try
        {
            compiled = Compile(model.Network, ConfigurationsOf(model), resolved, start, queue, model);
            opened.Compare();
            compiled.LoadTimes = compiled.LoadTimes with { TotalMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds };
            return compiled;
        }
        catch (FileDefectException)
        {
            compiled?.Dispose();
            throw;
        }
        catch (Exception exception) when (exception is not IOException)
        {
            opened.RequireIntact();
            throw;
        }
    }

    // A few numbers in a file must not make this process ask for more memory than there is.
    private static void RequireMemory(ExecutionPlan layout)
    {
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        long floats = layout.ArenaFloats + layout.Network.Inputs.Sum(input => input.Type.Shape.Count);
        if (floats > available / sizeof(float))
        {
            throw new FileDefectException(TunedModelFailure.TooLarge, $"its activations take {floats} numbers of 4 bytes, and this process may use {available} bytes");
        }
    }

    // A fusion that the model was tuned without stays off.
    private static ModelOptions OptionsFor(TunedModel model, ModelOptions? options)
    {
        ModelOptions wanted = options ?? new ModelOptions(Math.Min(model.Threads, Environment.ProcessorCount));
        return wanted with { WithoutFusions = [.. wanted.WithoutFusions.Union(model.WithoutFusions)] };
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> ConfigurationsOf(TunedModel model)
    {
        var configurations = new Dictionary<string, IReadOnlyDictionary<string, string>>(model.Configurations.Length);
        foreach (TunedConfiguration configuration in model.Configurations)
        {
            configurations.Add(configuration.Task, configuration.Knobs);
        }

        return configurations;
    }
}
