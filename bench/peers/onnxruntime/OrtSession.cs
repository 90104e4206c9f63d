using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Attune.Peers.OnnxRuntime;

/// <summary>
/// One model in ONNX Runtime: all graph optimisations, sequential execution, its default arena and its default spinning threads. Inputs are random and
/// bound once; outputs are allocated by the first run and bound for the others, so that a timed run does nothing but the inference.
/// </summary>
internal sealed class OrtSession : IDisposable
{
    private readonly List<OrtValue> values = [];
    private readonly SessionOptions options;
    private readonly InferenceSession session;
    private readonly RunOptions run = new();
    private readonly OrtIoBinding binding;

    /// <summary>Loads a model, binds its inputs and runs it once.</summary>
    /// <param name="model">Path of an ONNX file.</param>
    /// <param name="threads">Intra-op threads.</param>
    /// <param name="shapes">Shapes of inputs whose dimensions the model leaves open, by input name.</param>
    /// <exception cref="OnnxRuntimeException">The library refused the model.</exception>
    /// <exception cref="FormatException">An input is neither fixed nor given a shape.</exception>
    public OrtSession(string model, int threads, IReadOnlyDictionary<string, long[]> shapes)
    {
        options = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        long start = Stopwatch.GetTimestamp();
        session = new InferenceSession(model, options);
        CreationMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        binding = session.CreateIoBinding();
        var random = new Random(1);
        foreach ((string name, NodeMetadata input) in session.InputMetadata)
        {
            values.Add(MakeInput(name, input, shapes, random));
            binding.BindInput(name, values[^1]);
        }

        start = Stopwatch.GetTimestamp();
        IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [.. session.InputMetadata.Keys], values, session.OutputNames);
        FirstRunMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        foreach ((string name, OrtValue output) in session.OutputNames.Zip(outputs))
        {
            values.Add(output);
            binding.BindOutput(name, output);
        }
    }

    /// <summary>Time in which the library read, optimised and prepared the model, milliseconds.</summary>
    public double CreationMs { get; }

    /// <summary>Time of the first run, milliseconds.</summary>
    public double FirstRunMs { get; }

    /// <summary>Runs the model.</summary>
    /// <returns>Time in milliseconds.</returns>
    public double Run()
    {
        long start = Stopwatch.GetTimestamp();
        session.RunWithBinding(run, binding);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        binding.Dispose();
        values.ForEach(value => value.Dispose());
        run.Dispose();
        session.Dispose();
        options.Dispose();
    }

    private static OrtValue MakeInput(string name, NodeMetadata input, IReadOnlyDictionary<string, long[]> shapes, Random random)
    {
        long[] shape = shapes.TryGetValue(name, out long[]? given) ? given : [.. input.Dimensions.Select(extent => (long)extent)];
        if (shape.Any(extent => extent < 0))
        {
            throw new FormatException($"Input '{name}' has an open dimension. Give its shape as {name}=1x3x224x224.");
        }

        // Anything but floats is left at zero, a valid index everywhere.
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.ElementDataType, shape);
        value.GetTensorMutableRawData().Clear();
        if (input.ElementDataType == TensorElementType.Float)
        {
            foreach (ref float element in value.GetTensorMutableDataAsSpan<float>())
            {
                element = random.NextSingle() - 0.5f;
            }
        }

        return value;
    }
}
