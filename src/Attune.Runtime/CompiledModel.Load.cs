using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Templates;
using Attune.Runtime.Execution;
using Attune.Runtime.Files;
using Attune.Runtime.Files.Sources;
using Attune.Runtime.Plan;

namespace Attune.Runtime;

/// <content>Loading of tuned models.</content>
public sealed partial class CompiledModel
{
    internal const string EmitsCode = "Kernels are compiled into machine code when a model is loaded, which needs a just-in-time compiler.";

    /// <summary>
    /// Loads a tuned model and compiles it for this machine. Kernels are compiled from the file's configurations; the file holds no code.
    /// </summary>
    /// <param name="path">Path of the .attune file.</param>
    /// <param name="options">
    /// Device, threads and vector width; null for the device tuned for last of those that are here, the file's number of threads (at most the processors at
    /// hand) and the widest vectors.
    /// </param>
    /// <param name="cancellation">Stops loading between two kernels or pieces of the weights.</param>
    /// <exception cref="TunedModelException">The file is missing, damaged, of a newer version, or tuned for devices that are not here.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    [RequiresDynamicCode(EmitsCode)]
    public static CompiledModel Load(string path, ModelOptions? options = null, CancellationToken cancellation = default) =>
        Load(ModelOrigin.File(path), () => new FileSource(path), options, cancellation);

    /// <summary>Loads a tuned model from memory.</summary>
    /// <param name="file">The bytes of an .attune file; not needed any more afterwards.</param>
    /// <param name="options">As for a path.</param>
    /// <param name="cancellation">As for a path.</param>
    /// <exception cref="TunedModelException">The bytes are damaged, of a newer version, or tuned for devices that are not here.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    [RequiresDynamicCode(EmitsCode)]
    public static CompiledModel Load(ReadOnlyMemory<byte> file, ModelOptions? options = null, CancellationToken cancellation = default) =>
        Load(ModelOrigin.Memory, () => new MemorySource(file), options, cancellation);

    /// <summary>
    /// Loads a tuned model from a stream, which is read to its end into memory first and left open. A file is loaded with less memory by its path.
    /// </summary>
    /// <param name="stream">A stream of the bytes of an .attune file, at most 2 GiB.</param>
    /// <param name="options">As for a path.</param>
    /// <param name="cancellation">As for a path.</param>
    /// <exception cref="TunedModelException">
    /// The stream fails, or its bytes are damaged, of a newer version, or tuned for devices that are not here.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    [RequiresDynamicCode(EmitsCode)]
    public static CompiledModel Load(Stream stream, ModelOptions? options = null, CancellationToken cancellation = default) =>
        Load(ModelOrigin.Stream, () => new MemorySource(StreamReading.ReadAll(stream, cancellation)), options, cancellation);

    /// <summary>Loads a tuned model on threads of the pool, since most of the time goes into compiling.</summary>
    /// <param name="path">As for <see cref="Load(string, ModelOptions?, CancellationToken)"/>, and so is what may be thrown.</param>
    /// <param name="options">As for the same.</param>
    /// <param name="cancellation">As for the same.</param>
    [RequiresDynamicCode(EmitsCode)]
    public static Task<CompiledModel> LoadAsync(string path, ModelOptions? options = null, CancellationToken cancellation = default) =>
        Task.Run(() => Load(path, options, cancellation), cancellation);

    /// <summary>Loads a tuned model from memory on threads of the pool.</summary>
    /// <param name="file">
    /// As for <see cref="Load(ReadOnlyMemory{byte}, ModelOptions?, CancellationToken)"/>, and so is what may be thrown. Must not change before the task is
    /// done.
    /// </param>
    /// <param name="options">As for the same.</param>
    /// <param name="cancellation">As for the same.</param>
    [RequiresDynamicCode(EmitsCode)]
    public static Task<CompiledModel> LoadAsync(ReadOnlyMemory<byte> file, ModelOptions? options = null, CancellationToken cancellation = default) =>
        Task.Run(() => Load(file, options, cancellation), cancellation);

    /// <summary>Loads a tuned model from a stream: reads it without blocking a thread, then compiles on threads of the pool.</summary>
    /// <param name="stream">As for <see cref="Load(Stream, ModelOptions?, CancellationToken)"/>, and so is what may be thrown.</param>
    /// <param name="options">As for the same.</param>
    /// <param name="cancellation">As for the same.</param>
    [RequiresDynamicCode(EmitsCode)]
    public static async Task<CompiledModel> LoadAsync(Stream stream, ModelOptions? options = null, CancellationToken cancellation = default)
    {
        ReadOnlyMemory<byte> file;
        try
        {
            file = await StreamReading.ReadAllAsync(stream, cancellation).ConfigureAwait(false);
        }
        catch (IOException failure)
        {
            throw new TunedModelException(FileErrors.Reading(failure, ModelOrigin.Stream), failure);
        }

        return await Task.Run(() => Load(ModelOrigin.Stream, () => new MemorySource(file), options, cancellation), cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// What the file says besides its weights: where it was tuned, and how; its network has lost its constants. Null when the model was not loaded from a file.
    /// </summary>
    public TunedModel? Tuned { get; private init; }

    /// <summary>Compiles a tuned model for this machine.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">As for <see cref="Load(string, ModelOptions?, CancellationToken)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="TunedModelException">The model's layers do not fit together, or the devices it was tuned for are not here.</exception>
    [RequiresDynamicCode(EmitsCode)]
    public static CompiledModel Compile(TunedModel model, ModelOptions? options = null)
    {
        try
        {
            (TunedModel chosen, ModelOptions wanted) = OptionsFor(model, options);
            return Compile(chosen.Network, ConfigurationsOf(chosen), wanted);
        }
        catch (DeviceMissingException missing)
        {
            throw new TunedModelException(FileErrors.Device(missing, model, ModelOrigin.Memory), missing);
        }
        catch (FileDefectException defect)
        {
            throw new TunedModelException(FileErrors.Reading(defect, ModelOrigin.Memory), defect);
        }
    }

    [RequiresDynamicCode(EmitsCode)]
    private static CompiledModel Load(ModelOrigin origin, Func<ModelSource> open, ModelOptions? options, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        cancellation.ThrowIfCancellationRequested();
        if (options is null or { Backend: null, Device: null })
        {
            FirstKernel.Begin(options ?? new ModelOptions());
        }

        using OpenedModel opened = TunedModelFile.Try(origin, () => TunedModelReader.OpenModel(open())).OrThrow(error => new TunedModelException(error));
        try
        {
            // Weights of the model with open shapes are for runs that may never come.
            Func<OpenNetwork>? reload = origin.Path is null ? null : () =>
                TunedModelFile.Load(origin, open).OrThrow(error => new TunedModelException(error)).Open
                ?? throw new TunedModelException(FileErrors.Reading(
                    new FileDefectException(TunedModelFailure.Malformed, "it is another one since it was loaded, without open shapes"), origin));
            return Compile(opened, options, reload, start, cancellation);
        }
        catch (DeviceMissingException missing)
        {
            throw new TunedModelException(FileErrors.Device(missing, opened.Model, origin), missing);
        }
        catch (FileDefectException defect)
        {
            throw new TunedModelException(FileErrors.Reading(defect, origin), defect);
        }
        catch (IOException exception)
        {
            throw new TunedModelException(FileErrors.Reading(exception, origin), exception);
        }
    }

    [RequiresDynamicCode(EmitsCode)]
    private static CompiledModel Compile(
        OpenedModel opened, ModelOptions? options, Func<OpenNetwork>? reload, long start, CancellationToken cancellation)
    {
        (TunedModel model, ModelOptions wanted) = OptionsFor(opened.Model, options);
        ModelOptions resolved = (wanted with { ReloadOpen = reload }).Resolve();
        var checking = new ThreadTime();
        var queue = new LoadQueue(cancellation);
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
        catch (Exception exception) when (exception is not (IOException or OperationCanceledException))
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
            throw new FileDefectException(
                TunedModelFailure.TooLarge, $"its activations take {floats} numbers of 4 bytes, and this process may use {available} bytes");
        }
    }

    // A fusion that the model was tuned without stays off.
    private static (TunedModel Model, ModelOptions Options) OptionsFor(TunedModel model, ModelOptions? options)
    {
        (TunedModel chosen, DeviceName device) = DeviceChoice.Of(model, options?.Backend?.Device ?? options?.Device);
        ModelOptions wanted = options ?? new ModelOptions { ThreadsAsTuned = true };
        wanted = wanted is { ThreadsAsTuned: true, Threads: 0 } ? wanted with { Threads = Math.Min(chosen.Threads, Environment.ProcessorCount) } : wanted;
        return (chosen, wanted with
        {
            Device = device,
            Open = chosen.Open,
            Programs = chosen.Programs,
            WithoutFusions = [.. wanted.WithoutFusions.Union(chosen.WithoutFusions)],
        });
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
