using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Attune.Devices.Cuda;

/// <summary>NVRTC, the compiler of CUDA C++ that comes as a library; a machine may have several. Loaded when it is first asked for. Thread-safe.</summary>
internal sealed unsafe class NvrtcLibrary
{
    private const int CompilationFailed = 6;
    private readonly nint handle;
    private readonly delegate* unmanaged<int, byte*> getErrorString;
    private readonly delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int> createProgram;
    private readonly delegate* unmanaged<nint*, int> destroyProgram;
    private readonly delegate* unmanaged<nint, int, byte**, int> compileProgram;
    private readonly delegate* unmanaged<nint, nuint*, int> getPtxSize;
    private readonly delegate* unmanaged<nint, byte*, int> getPtx;
    private readonly delegate* unmanaged<nint, nuint*, int> getLogSize;
    private readonly delegate* unmanaged<nint, byte*, int> getLog;

    private NvrtcLibrary(nint handle, string soname)
    {
        this.handle = handle;
        Soname = soname;
        getErrorString = (delegate* unmanaged<int, byte*>)Entry("nvrtcGetErrorString");
        createProgram = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)Entry("nvrtcCreateProgram");
        destroyProgram = (delegate* unmanaged<nint*, int>)Entry("nvrtcDestroyProgram");
        compileProgram = (delegate* unmanaged<nint, int, byte**, int>)Entry("nvrtcCompileProgram");
        getPtxSize = (delegate* unmanaged<nint, nuint*, int>)Entry("nvrtcGetPTXSize");
        getPtx = (delegate* unmanaged<nint, byte*, int>)Entry("nvrtcGetPTX");
        getLogSize = (delegate* unmanaged<nint, nuint*, int>)Entry("nvrtcGetProgramLogSize");
        getLog = (delegate* unmanaged<nint, byte*, int>)Entry("nvrtcGetProgramLog");
        int major = 0;
        int minor = 0;
        _ = ((delegate* unmanaged<int*, int*, int>)Entry("nvrtcVersion"))(&major, &minor);
        Version = new Version(major, minor);
        Architectures = ReadArchitectures();
    }

    /// <summary>Names and paths under which it is looked for, newest first.</summary>
    public static ImmutableArray<string> Names { get; } = [.. PathsOfToolkit(), .. OperatingSystem.IsWindows() ? WindowsNames : UnixNames];

    /// <summary>Name under which it was found.</summary>
    public string Soname { get; }

    /// <summary>Version of CUDA that it belongs to.</summary>
    public Version Version { get; }

    /// <summary>Compute capabilities that it compiles for, as compilers are given them (61, 87), ascending.</summary>
    public ImmutableArray<int> Architectures { get; }

    private static IEnumerable<string> UnixNames =>
    [
        "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so.11.1", "libnvrtc.so.11.0", "libnvrtc.so.10.2", "libnvrtc.so",
        "/usr/local/cuda/lib64/libnvrtc.so",
    ];

    private static IEnumerable<string> WindowsNames => ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll", "nvrtc64_111_0.dll"];

    /// <summary>Loads one; null when there is none of that name, or what is there is none.</summary>
    /// <param name="name">Name or path.</param>
    public static NvrtcLibrary? Load(string name)
    {
        if (!NativeLibrary.TryLoad(name, out nint handle))
        {
            return null;
        }

        try
        {
            return new NvrtcLibrary(handle, name);
        }
        catch (EntryPointNotFoundException)
        {
            NativeLibrary.Free(handle);
            return null;
        }
    }

    /// <summary>Compiles a program to PTX; what the compiler says when it does not compile.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="options">Options of the compiler.</param>
    public Result<byte[], string> Compile(string source, IEnumerable<string> options)
    {
        nint program = 0;
        int code;
        fixed (byte* text = Encoding.ASCII.GetBytes(source + '\0'), name = "kernel.cu\0"u8)
        {
            code = createProgram(&program, text, name, 0, null, null);
        }

        if (code != 0)
        {
            return Meaning(code);
        }

        try
        {
            code = CompileProgram(program, options);
            return code == 0 ? Ptx(program) : Refusal(code, Text(program, getLogSize, getLog));
        }
        finally
        {
            _ = destroyProgram(&program);
        }
    }

    private static IEnumerable<string> PathsOfToolkit()
    {
        // What NVIDIA's installer sets on Windows, and users elsewhere.
        string? folder = Environment.GetEnvironmentVariable("CUDA_PATH") ?? Environment.GetEnvironmentVariable("CUDA_HOME");
        if (folder is { Length: > 0 })
        {
            foreach (string name in OperatingSystem.IsWindows() ? WindowsNames : ["libnvrtc.so"])
            {
                yield return Path.Combine(folder, OperatingSystem.IsWindows() ? "bin" : "lib64", name);
            }
        }
    }

    private int CompileProgram(nint program, IEnumerable<string> options)
    {
        nint[] words = [.. options.Select(Marshal.StringToCoTaskMemUTF8)];
        try
        {
            fixed (nint* at = words)
            {
                return compileProgram(program, words.Length, (byte**)at);
            }
        }
        finally
        {
            Array.ForEach(words, Marshal.FreeCoTaskMem);
        }
    }

    private Result<byte[], string> Ptx(nint program)
    {
        byte[] text = Bytes(program, getPtxSize, getPtx);
        return text.Length > 0 ? text : "it gave no code";
    }

    private string Refusal(int code, string log) =>
        code == CompilationFailed && log.Length > 0 ? log : log.Length > 0 ? $"{Meaning(code)}: {log}" : Meaning(code);

    private string Meaning(int code) => Marshal.PtrToStringUTF8((nint)getErrorString(code)) ?? $"error {code}";

    private static string Text(nint program, delegate* unmanaged<nint, nuint*, int> size, delegate* unmanaged<nint, byte*, int> get) =>
        Encoding.UTF8.GetString(Bytes(program, size, get)).Trim();

    // Without the zero at the end.
    private static byte[] Bytes(nint program, delegate* unmanaged<nint, nuint*, int> size, delegate* unmanaged<nint, byte*, int> get)
    {
        nuint length = 0;
        if (size(program, &length) != 0 || length == 0)
        {
            return [];
        }

        byte[] bytes = new byte[length];
        fixed (byte* at = bytes)
        {
            return get(program, at) == 0 ? bytes.AsSpan().TrimEnd((byte)0).ToArray() : [];
        }
    }

    private ImmutableArray<int> ReadArchitectures()
    {
        int count = 0;
        bool tells = NativeLibrary.TryGetExport(handle, "nvrtcGetNumSupportedArchs", out nint number);
        if (tells && ((delegate* unmanaged<int*, int>)number)(&count) == 0 && count > 0)
        {
            int[] known = new int[count];
            fixed (int* at = known)
            {
                if (((delegate* unmanaged<int*, int>)Entry("nvrtcGetSupportedArchs"))(at) == 0)
                {
                    return [.. known.Order()];
                }
            }
        }

        // Those before 11.2 do not tell.
        int[] all = [30, 32, 35, 37, 50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86];
        return [.. all.Where(each => Version.Major > 10 ? each >= 35 && (each <= 80 || Version.Minor > 0) : each <= 75)];
    }

    private void* Entry(string name) => (void*)NativeLibrary.GetExport(handle, name);
}
