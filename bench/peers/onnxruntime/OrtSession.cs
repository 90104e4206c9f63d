using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Attune.Peers.OnnxRuntime;

/// <summary>
/// One model in ONNX Runtime: all graph optimisations, sequential execution, its default arena and its default spinning threads. Inputs are random and
/// bound once; outputs are allocated by the first run and reused, so that a timed run does nothing but the inference.
/// </summary>
internal sealed unsafe class OrtSession : IDisposable
{
    private const int FloatElements = 1;
    private const int SequentialExecution = 0;
    private const int AllOptimisations = 99;

    private readonly OrtLibrary library;
    private readonly List<nint> unmanaged = [];
    private readonly nint environment;
    private readonly nint options;
    private readonly nint memory;
    private readonly nint session;
    private readonly int inputCount;
    private readonly int outputCount;
    private readonly nint* inputNames;
    private readonly nint* outputNames;
    private readonly nint* inputs;
    private readonly nint* outputs;

    /// <summary>Loads a model and binds its inputs.</summary>
    /// <param name="library">The library.</param>
    /// <param name="model">Path of an ONNX file.</param>
    /// <param name="threads">Intra-op threads.</param>
    /// <param name="shapes">Shapes of inputs whose dimensions the model leaves open, by input name.</param>
    /// <exception cref="OrtException">The library refused the model, or an input is neither fixed nor given a shape.</exception>
    public OrtSession(OrtLibrary library, string model, int threads, IReadOnlyDictionary<string, long[]> shapes)
    {
        this.library = library;
        nint handle;
        using (var log = new NativeText("attune-peer"))
        {
            const int errorsOnly = 3;
            library.Check(((delegate* unmanaged[Cdecl]<int, byte*, nint*, nint>)library[OrtFunction.CreateEnv])(errorsOnly, log.Pointer, &handle));
            environment = handle;
        }

        library.Check(((delegate* unmanaged[Cdecl]<nint*, nint>)library[OrtFunction.CreateSessionOptions])(&handle));
        options = handle;
        SetOption(OrtFunction.SetSessionExecutionMode, SequentialExecution);
        SetOption(OrtFunction.SetSessionGraphOptimizationLevel, AllOptimisations);
        SetOption(OrtFunction.SetIntraOpNumThreads, threads);
        SetOption(OrtFunction.SetInterOpNumThreads, 1);
        using (var path = new NativeText(model))
        {
            long start = Stopwatch.GetTimestamp();
            library.Check(((delegate* unmanaged[Cdecl]<nint, byte*, nint, nint*, nint>)library[OrtFunction.CreateSession])(environment, path.Pointer, options, &handle));
            session = handle;
            CreationMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        const int deviceAllocator = 0;
        const int defaultMemory = 0;
        library.Check(((delegate* unmanaged[Cdecl]<int, int, nint*, nint>)library[OrtFunction.CreateCpuMemoryInfo])(deviceAllocator, defaultMemory, &handle));
        memory = handle;

        inputCount = Count(OrtFunction.SessionGetInputCount);
        outputCount = Count(OrtFunction.SessionGetOutputCount);
        inputNames = Names(OrtFunction.SessionGetInputName, inputCount);
        outputNames = Names(OrtFunction.SessionGetOutputName, outputCount);
        inputs = Handles(inputCount);
        outputs = Handles(outputCount);
        var random = new Random(1);
        for (int i = 0; i < inputCount; i++)
        {
            inputs[i] = MakeInput(i, shapes, random);
        }
    }

    /// <summary>Time in which the library read, optimised and prepared the model, milliseconds.</summary>
    public double CreationMs { get; }

    /// <summary>Runs the model.</summary>
    /// <returns>Time in milliseconds.</returns>
    public double Run()
    {
        var run = (delegate* unmanaged[Cdecl]<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)library[OrtFunction.Run];
        long start = Stopwatch.GetTimestamp();
        nint status = run(session, 0, inputNames, inputs, (nuint)inputCount, outputNames, (nuint)outputCount, outputs);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        library.Check(status);
        return elapsed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = 0; i < inputCount; i++)
        {
            library.Release(OrtFunction.ReleaseValue, inputs[i]);
        }

        for (int i = 0; i < outputCount; i++)
        {
            library.Release(OrtFunction.ReleaseValue, outputs[i]);
        }

        library.Release(OrtFunction.ReleaseSession, session);
        library.Release(OrtFunction.ReleaseMemoryInfo, memory);
        library.Release(OrtFunction.ReleaseSessionOptions, options);
        library.Release(OrtFunction.ReleaseEnv, environment);
        foreach (nint block in unmanaged)
        {
            NativeMemory.AlignedFree((void*)block);
        }
    }

    private void SetOption(OrtFunction function, int value) =>
        library.Check(((delegate* unmanaged[Cdecl]<nint, int, nint>)library[function])(options, value));

    private int Count(OrtFunction function)
    {
        nuint count;
        library.Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)library[function])(session, &count));
        return (int)count;
    }

    private nint* Names(OrtFunction function, int count)
    {
        nint allocator;
        library.Check(((delegate* unmanaged[Cdecl]<nint*, nint>)library[OrtFunction.GetAllocatorWithDefaultOptions])(&allocator));
        nint* names = Handles(count);
        for (int i = 0; i < count; i++)
        {
            // The names live as long as the process; freeing them needs one more call of the allocator for nothing.
            library.Check(((delegate* unmanaged[Cdecl]<nint, nuint, nint, nint*, nint>)library[function])(session, (nuint)i, allocator, &names[i]));
        }

        return names;
    }

    private nint* Handles(int count)
    {
        nint* handles = (nint*)Allocate((nuint)(count * sizeof(nint)));
        new Span<nint>(handles, count).Clear();
        return handles;
    }

    private void* Allocate(nuint bytes)
    {
        void* block = NativeMemory.AlignedAlloc(Math.Max(bytes, 64), 64);
        unmanaged.Add((nint)block);
        return block;
    }

    private nint MakeInput(int index, IReadOnlyDictionary<string, long[]> shapes, Random random)
    {
        string name = Marshal.PtrToStringUTF8(inputNames[index]) ?? string.Empty;
        (int element, long[] shape) = Describe(index);
        if (shapes.TryGetValue(name, out long[]? given))
        {
            shape = given;
        }

        if (shape.Any(extent => extent < 0))
        {
            throw new OrtException($"Input '{name}' has an open dimension. Give its shape as {name}=1x3x224x224.");
        }

        long count = shape.Aggregate(1L, (product, extent) => checked(product * extent));

        // Eight bytes an element suit every numeric type; anything but floats is left at zero, a valid index everywhere.
        nuint bytes = (nuint)count * 8;
        void* data = Allocate(bytes);
        NativeMemory.Clear(data, bytes);
        if (element == FloatElements)
        {
            float* floats = (float*)data;
            for (long i = 0; i < count; i++)
            {
                floats[i] = random.NextSingle() - 0.5f;
            }
        }

        nint value;
        fixed (long* extents = shape)
        {
            var create = (delegate* unmanaged[Cdecl]<nint, void*, nuint, long*, nuint, int, nint*, nint>)library[OrtFunction.CreateTensorWithDataAsOrtValue];
            library.Check(create(memory, data, bytes, extents, (nuint)shape.Length, element, &value));
        }

        return value;
    }

    private (int Element, long[] Shape) Describe(int index)
    {
        nint info;
        library.Check(((delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)library[OrtFunction.SessionGetInputTypeInfo])(session, (nuint)index, &info));
        try
        {
            nint tensor;
            library.Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)library[OrtFunction.CastTypeInfoToTensorInfo])(info, &tensor));
            int element;
            library.Check(((delegate* unmanaged[Cdecl]<nint, int*, nint>)library[OrtFunction.GetTensorElementType])(tensor, &element));
            nuint rank;
            library.Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)library[OrtFunction.GetDimensionsCount])(tensor, &rank));
            long[] shape = new long[(int)rank];
            fixed (long* extents = shape)
            {
                library.Check(((delegate* unmanaged[Cdecl]<nint, long*, nuint, nint>)library[OrtFunction.GetDimensions])(tensor, extents, rank));
            }

            return (element, shape);
        }
        finally
        {
            library.Release(OrtFunction.ReleaseTypeInfo, info);
        }
    }

    private readonly struct NativeText(string text) : IDisposable
    {
        public byte* Pointer { get; } = Copy(text);

        public void Dispose() => NativeMemory.Free(Pointer);

        private static byte* Copy(string text)
        {
            int length = Encoding.UTF8.GetByteCount(text);
            byte* bytes = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
            Encoding.UTF8.GetBytes(text, new Span<byte>(bytes, length));
            return bytes;
        }
    }
}
