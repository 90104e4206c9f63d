using System.Text;

namespace Attune.Devices.OpenCl;

/// <content>Programs: compiled from text, or ready made.</content>
internal sealed unsafe partial class OpenClContext
{
    private const uint BuildLog = 0x1183;
    private const uint BinarySizes = 0x1165;
    private const uint Binaries = 0x1166;
    private const int DeviceResources = -5;
    private const int HostMemory = -6;
    private const int BuildFailure = -11;

    /// <summary>Compiles a program; 0 and what the compiler says when it does not compile.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="options">Options of the compiler.</param>
    /// <param name="log">What the compiler says.</param>
    /// <exception cref="OpenClException">Something else failed.</exception>
    public nint Build(string source, string options, out string log)
    {
        byte[] text = Encoding.ASCII.GetBytes(source);
        nuint length = (nuint)text.Length;
        nint program;
        int code;
        fixed (byte* at = text)
        {
            byte* first = at;
            program = library.CreateProgramWithSource(context, 1, &first, &length, &code);
        }

        OpenClLibrary.Check(code, "clCreateProgramWithSource");
        code = Build(program, options);
        log = code == 0 ? string.Empty : LogOf(program);
        if (code != 0)
        {
            library.ReleaseProgram(program);
            if (code is not (BuildFailure or DeviceResources or HostMemory))
            {
                OpenClLibrary.Check(code, "clBuildProgram");
            }

            return 0;
        }

        return program;
    }

    /// <summary>A program that the driver compiled earlier; 0 when it does not take it, as after an update.</summary>
    /// <param name="binary">What <see cref="BinaryOf"/> gave.</param>
    /// <param name="options">Options it was compiled with.</param>
    public nint Load(ReadOnlySpan<byte> binary, string options)
    {
        nint device = Device.Handle;
        nuint length = (nuint)binary.Length;
        int status = 0;
        int code;
        nint program;
        fixed (byte* at = binary)
        {
            byte* first = at;
            program = library.CreateProgramWithBinary(context, 1, &device, &length, &first, &status, &code);
        }

        if (code != 0 || program == 0)
        {
            return 0;
        }

        if (status == 0 && Build(program, options) == 0)
        {
            return program;
        }

        library.ReleaseProgram(program);
        return 0;
    }

    /// <summary>What the driver compiled, to be loaded another time; null when it does not give it.</summary>
    /// <param name="program">A program that was compiled for this device.</param>
    public byte[]? BinaryOf(nint program)
    {
        nuint size = 0;
        if (library.GetProgramInfo(program, BinarySizes, (nuint)sizeof(nuint), &size, null) != 0 || size == 0)
        {
            return null;
        }

        byte[] binary = new byte[size];
        fixed (byte* at = binary)
        {
            byte* first = at;
            return library.GetProgramInfo(program, Binaries, (nuint)sizeof(nint), &first, null) == 0 ? binary : null;
        }
    }

    /// <summary>Gives a program back.</summary>
    public void FreeProgram(nint program)
    {
        if (death is null)
        {
            library.ReleaseProgram(program);
        }
    }

    private int Build(nint program, string options)
    {
        nint device = Device.Handle;
        fixed (byte* words = Encoding.ASCII.GetBytes(options + '\0'))
        {
            return library.BuildProgram(program, 1, &device, words, null, null);
        }
    }

    private string LogOf(nint program)
    {
        nuint size = 0;
        library.GetProgramBuildInfo(program, Device.Handle, BuildLog, 0, null, &size);
        byte[] bytes = new byte[(int)Math.Min(size, 1 << 16)];
        fixed (byte* at = bytes)
        {
            bool told = at != null && library.GetProgramBuildInfo(program, Device.Handle, BuildLog, (nuint)bytes.Length, at, null) == 0;
            return told ? Encoding.UTF8.GetString(bytes).TrimEnd('\0', ' ', '\n') : string.Empty;
        }
    }
}
