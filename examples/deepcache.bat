@echo off
rem The deepcache command: builds the project if needed, then runs it. See README.md.
rem   DEEPCACHE_JAVA_OPTS  more options for Java, such as -Xmx20g
setlocal EnableExtensions DisableDelayedExpansion

set "here=%~dp0"
set "here=%here:~0,-1%"
for %%I in ("%here%\..") do set "root=%%~fI"
set "target=%here%\target"
rem Java reads the class path from a file: a command line of cmd ends at 8191 characters.
set "built=%target%\classpath.options"

set "java=java"
ver >nul
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "java=%JAVA_HOME%\bin\java.exe"
if "%java%"=="java" where /q java
if errorlevel 1 (
    call :fail "Java is not found; install JDK 17 or newer"
    exit /b 2
)

call :stale
if errorlevel 1 (
    call :build
    if errorlevel 1 exit /b 2
)

rem Threads must be known before ND4J's OpenMP runtime is loaded. cmd splits --threads=4 at the sign.
set "previous="
for %%A in (%*) do call :threads "%%~A"

set "OMP_WAIT_POLICY=passive"
set "models=%here%\models"
"%java%" -XX:MaxRAMPercentage=45 -XX:MaxNewSize=64m -XX:+UseParallelGC ^
    -Dorg.bytedeco.javacpp.logger=slf4j -Dorg.nd4j.log.initialization=false ^
    -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 ^
    "-Ddeepcache.models=%models%" "-Ddeepcache.log=%target%\deepcache.log" %DEEPCACHE_JAVA_OPTS% ^
    "@%built%" io.github.deepcache4j.cli.DeepCacheCommand %*
exit /b %errorlevel%

:fail
>&2 echo deepcache: %~1
exit /b 2

:threads
if "%previous%"=="--threads" set "OMP_NUM_THREADS=%~1"
set "previous=%~1"
exit /b 0

rem 1 if nothing was built yet, or a source is newer than what was built.
:stale
if not exist "%built%" exit /b 1
powershell -NoProfile -Command "$built = (Get-Item -LiteralPath $env:built).LastWriteTime; $sources = @(Get-ChildItem -Path (Join-Path $env:root 'pom.xml'), (Join-Path $env:root '*\pom.xml'), (Join-Path $env:root '*\src\main') -Recurse -File); if ($sources | Where-Object { $_.LastWriteTime -gt $built }) { exit 1 }"
exit /b %errorlevel%

:build
where /q mvn
if errorlevel 1 (
    call :fail "Maven is not found as mvn; install 3.8 or newer, it builds this project once"
    exit /b 2
)
>&2 echo deepcache: building, which takes a minute or two the first time ...
if not exist "%target%" mkdir "%target%"
set "log=%target%\build.log"
set "part=%target%\classpath.part"
pushd "%root%"
rem What is in the local Maven repository is enough if all of it is there: try without the network first.
call :maven -o || call :maven
set "failed=%errorlevel%"
popd
if not "%failed%"=="0" (
    >&2 findstr /b /c:"[ERROR]" "%log%"
    call :fail "the build failed; the whole log is %log%"
    exit /b 2
)
rem In an option file a backslash is an escape; Java takes slashes too.
powershell -NoProfile -Command "$jars = [IO.File]::ReadAllText($env:part).Trim(); $path = ($env:target + '\classes;' + $jars).Replace('\', '/'); [IO.File]::WriteAllText($env:built, '-cp ' + [char]34 + $path + [char]34, [Text.Encoding]::Default)"
exit /b %errorlevel%

:maven
call mvn -B -q %1 -Pquickly package dependency:build-classpath "-Dmdep.outputFile=%part%" -Dmdep.includeScope=runtime >"%log%" 2>&1
exit /b %errorlevel%
